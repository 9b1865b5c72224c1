"""The command ``protocol-serve``: run a service of a module.

====  ==============================================================
code  meaning
====  ==============================================================
0     the service was ended by SIGINT or SIGTERM
1     it failed: its module, its factory, its lifespan
2     usage; no such module, or no service in it
3     the address cannot be listened on
130   interrupted twice
====  ==============================================================
"""

from __future__ import annotations

import logging
import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import shell_complete

from protocol import escape_controls
from servers.errors import ListenError, UsageError
from servers.running import run
from servers.serving.places import DEFAULT_HOST, DEFAULT_PORT
from servers.serving.plans import DEFAULT_GRACE, Plan, ServeOptions, plan_of
from servers.serving.several import run_several
from servers.serving.worker import Worker, become_worker
from servers.sockets import LAST_PORT
from servers.tls import server_tls

from .loading import BrokenError, NotFoundError, load
from .reloading import LIFE_FD, reload
from .tracebacks import UserFrames, shortened

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Sequence

PROGRAM = "protocol-serve"
_COMPLETION = "_PROTOCOL_SERVE_COMPLETE"
"""The variable in which a shell asks for completions, as click names it."""
_FAILED, _USAGE, _CANNOT_LISTEN = 1, 2, 3
_INTERRUPTED = 130  # as a shell reports SIGINT
_MARGIN = 15.0  # seconds after drain and grace until a reloaded service is killed
_LEVELS = ("critical", "error", "warning", "info", "debug")

_PORT = click.IntRange(0, LAST_PORT)
_FILE = click.Path(exists=True, dir_okay=False)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_SECONDS = click.FloatRange(0)


@click.command(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80}
)
@click.argument("target", metavar="MODULE[:SERVICE]")
@click.option("--host", help=f"Address; * for all.  [default: {DEFAULT_HOST}]")
@click.option(
    "--port", type=_PORT, metavar="PORT", help=f"Port.  [default: {DEFAULT_PORT}]"
)
@click.option(
    "--uds",
    type=click.Path(dir_okay=False),
    help="Unix socket, instead of host and port.",
)
@click.option(
    "--fd",
    type=click.IntRange(0),
    metavar="NUMBER",
    help="Inherited socket, instead of host and port.",
)
@click.option("--reuse-port", is_flag=True, help="Let other processes listen there.")
@click.option(
    "--workers",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    metavar="NUMBER",
    help="Processes; SIGHUP replaces them one after the other.",
)
@click.option("--factory", is_flag=True, help="SERVICE is a function that returns it.")
@click.option(
    "--reload", "reloading", is_flag=True, help="Start again when a .py file changes."
)
@click.option(
    "--reload-dir",
    type=_FOLDER,
    multiple=True,
    help="Where to look for changes.  [default: .]",
)
@click.option("--tls-certificate", type=_FILE, help="PEM file; the server uses TLS.")
@click.option("--tls-key", type=_FILE, help="PEM file with its private key.")
@click.option(
    "--tls-client-authority",
    type=_FILE,
    help="PEM file; clients without a certificate of it are refused.",
)
@click.option(
    "--grace",
    type=_SECONDS,
    default=DEFAULT_GRACE,
    show_default=True,
    metavar="SECONDS",
    help="Limit for calls in flight at the end.",
)
@click.option(
    "--drain",
    type=_SECONDS,
    default=0.0,
    show_default=True,
    metavar="SECONDS",
    help="Time to still accept connections after the signal.",
)
@click.option(
    "--health-port",
    type=_PORT,
    metavar="PORT",
    help="Answer /livez, /readyz and /metrics there by HTTP.",
)
@click.option(
    "--log-level",
    type=click.Choice(_LEVELS),
    default="info",
    show_default=True,
    help="Least level of what is logged to stderr.",
)
@click.option(LIFE_FD, type=int, hidden=True)
@click.version_option(package_name="protocol-inspect", prog_name=PROGRAM)
def command(**options: Any) -> None:  # noqa: ANN401 — of click
    """Serve NestJS microservice calls with a service written in Python.

    SERVICE is a servers.Service of the Python module MODULE, by default "service". The
    module is looked for in the current directory, and where Python looks. SIGINT and
    SIGTERM end the service, when the calls in flight have ended; a second one ends it
    at once.

    \b
    Examples:
      protocol-serve orders
      protocol-serve shop.orders:service --host 0.0.0.0 --port 8888 --workers 4
      protocol-serve shop.orders:make_service --factory --reload
    """
    _log(options["log_level"], several=options["workers"] > 1)
    raise SystemExit(_guarded(partial(_serve, options)))


def _log(level: str, *, several: bool) -> None:
    """Log a line for each record; in a terminal without the date.

    Tracebacks have our frames at the level of debugging only.
    """
    process = "[%(process)d] " if several else ""
    formatter = logging.Formatter if level == "debug" else UserFrames
    handler = logging.StreamHandler()
    handler.setFormatter(
        formatter(
            f"%(asctime)s {process}%(levelname)s %(message)s",
            "%H:%M:%S" if sys.stderr.isatty() else "%Y-%m-%dT%H:%M:%S%z",
        )
    )
    logging.basicConfig(level=level.upper(), handlers=[handler])


def _guarded(work: Callable[[], int | None]) -> int:
    """Do something; say what went wrong, and return the exit code."""
    try:
        return work() or 0
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenError as error:
        click.echo(str(error), err=True)
        return _FAILED
    except ListenError as error:
        _say(str(error))
        return _CANNOT_LISTEN
    except (NotFoundError, UsageError) as error:
        _say(str(error))
        return _USAGE
    except Exception as error:  # noqa: BLE001 — whatever a lifespan raises
        click.echo(shortened(error), err=True)
        return _FAILED


def _serve(options: dict[str, Any]) -> int | None:
    plan = _plan(options)
    find = partial(load, options["target"], factory=options["factory"])
    if options["life_fd"] is not None:
        _serve_reloaded(find, plan, options["life_fd"])
        return None
    if options["reloading"]:
        return _reload(options, plan)
    if options["workers"] == 1:
        run(find().serve_plan(plan))
        return None

    def work(plan: Plan, worker: Worker) -> None:
        code = _guarded(lambda: run(find().serve_plan(plan, worker)))
        if code:
            raise SystemExit(code)

    told = (_FAILED, _USAGE, _CANNOT_LISTEN)  # by the worker itself
    run_several(work, plan, options["workers"], told=told)
    return None


def _serve_reloaded(find: Callable[[], Any], plan: Plan, life_fd: int) -> None:
    """Serve in the process that is started again and again."""
    become_worker()
    nobody = os.open(os.devnull, os.O_WRONLY)
    run(find().serve_plan(plan, Worker(1, nobody, life_fd, alone=True)))


def _reload(options: dict[str, Any], plan: Plan) -> int:
    if options["workers"] > 1:
        raise UsageError("--reload is for one worker")
    return reload(
        sys.argv[1:],
        options["reload_dir"] or [Path()],
        patience=plan.drain + plan.grace + _MARGIN,
        fds=[] if options["fd"] is None else [options["fd"]],
    )


def _plan(options: dict[str, Any]) -> Plan:
    """Return where to listen and how to end.

    Raises:
        UsageError: There are two places, or half of what TLS needs.
    """
    host = DEFAULT_HOST if options["host"] is None else options["host"]
    port = DEFAULT_PORT if options["port"] is None else options["port"]
    given: ServeOptions = {
        "tls": _tls(options),
        "grace": options["grace"],
        "drain": options["drain"],
        "health_port": options["health_port"],
        "uds": options["uds"],
        "fd": options["fd"],
        "reuse_port": options["reuse_port"],
    }
    return plan_of(None if host == "*" else host, port, **given)


def _tls(options: dict[str, Any]) -> ssl.SSLContext | None:
    certificate, key = options["tls_certificate"], options["tls_key"]
    authority = options["tls_client_authority"]
    if not (certificate or key or authority):
        return None
    if not (certificate and key):
        raise UsageError("TLS needs both --tls-certificate and --tls-key")
    try:
        return server_tls(certificate, key, client_authority=authority)
    except OSError as error:  # ssl.SSLError is one
        raise UsageError(f"TLS: {error}") from None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    instruction = os.environ.get(_COMPLETION)
    if instruction:
        return shell_complete(command, {}, PROGRAM, _COMPLETION, instruction)
    try:
        given = sys.argv[1:] if arguments is None else list(arguments)
        with command.make_context(PROGRAM, given) as context:
            command.invoke(context)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        _say(error.format_message().rstrip("."))
        return _USAGE
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        _say(str(end.code))
        return _FAILED
    return 0


def _say(sentence: str) -> None:
    """Write one line to stderr; it may quote what was typed."""
    words = escape_controls(" ".join(sentence.split()))
    click.echo(f"{PROGRAM}: {words}", err=True)


if __name__ == "__main__":
    sys.exit(main())
