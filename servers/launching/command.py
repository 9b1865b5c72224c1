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

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import shell_complete

from protocol.standard_streams import open_standard_streams
from servers.serving.places import DEFAULT_HOST, DEFAULT_PORT
from servers.serving.plans import DEFAULT_GRACE
from servers.sockets import LAST_PORT

from .faking import LATENCY
from .speech import FAILED, LIFE_FD, PROGRAM, USAGE, say

if TYPE_CHECKING:
    from collections.abc import Sequence

_COMPLETION = "_PROTOCOL_SERVE_COMPLETE"
"""The variable in which a shell asks for completions, as click names it."""
_LEVELS = ("critical", "error", "warning", "info", "debug")

_PORT = click.IntRange(0, LAST_PORT)
_FILE = click.Path(exists=True, dir_okay=False)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_SECONDS = click.FloatRange(0)


@click.command(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80}
)
@click.argument("target", metavar="MODULE[:SERVICE]", required=False)
@click.argument("urls", nargs=-1, metavar="[URL]...")
@click.option(
    "--from",
    "recorded",
    type=click.Path(),
    metavar="FILE",
    help="Answer as recorded in a capture or JSON lines, instead of MODULE.",
)
@click.option(
    "--ignore",
    metavar="PATH",
    multiple=True,
    help="With --from: what of the data does not matter, as $.at or $..id.",
)
@click.option(
    "--latency",
    type=LATENCY,
    help="With --from: recorded, none, or milliseconds.  [default: recorded]",
)
@click.option(
    "--strict",
    is_flag=True,
    help="With --from: an error for data that was not recorded.",
)
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

    Each URL is a transport: tcp://HOST:PORT, nats://HOST:PORT?queue=GROUP,
    redis://HOST:PORT, mqtt://HOST:PORT?group=GROUP, amqp://HOST:PORT/QUEUE?ack=after,
    mqtt+ws://HOST:PORT, kafka://HOST:PORT/GROUP, grpc://HOST:PORT?proto=FILE.
    Without one, or with --host, --port, --uds or --fd, the service listens by TCP.

    With --from there is no MODULE: what answers are the recordings of a capture, or
    of the file that "protocol-inspect fixture" has written. See docs/fixtures.md.

    "protocol-serve new NAME" writes a new service with its test, if there is no module
    new; "protocol-serve new --help" describes it.

    \b
    Examples:
      protocol-serve orders
      protocol-serve orders tcp://127.0.0.1:8888 'nats://127.0.0.1:4222?queue=a'
      protocol-serve shop.orders:service --host 0.0.0.0 --port 8888 --workers 4
      protocol-serve shop.orders:make_service --factory --reload
      protocol-serve --from answers.jsonl tcp://127.0.0.1:8888 --latency none
      protocol-serve new orders --transport nats
    """
    from .starting import start  # noqa: PLC0415 — --help needs no event loop

    raise SystemExit(start(options))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    if arguments is None:
        open_standard_streams(may_lose=True)
    instruction = os.environ.get(_COMPLETION)
    if instruction:
        return shell_complete(command, {}, PROGRAM, _COMPLETION, instruction)
    try:
        given = sys.argv[1:] if arguments is None else list(arguments)
        chosen, name, given = _chosen(given)
        with chosen.make_context(name, given) as context:
            chosen.invoke(context)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        say(error.format_message().rstrip("."))
        return USAGE
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        say(str(end.code))
        return FAILED
    return 0


def _chosen(given: list[str]) -> tuple[click.Command, str, list[str]]:
    """Return the command that is meant, its name, and its own arguments."""
    if given[:1] == ["new"]:
        from .creating import new, wanted  # noqa: PLC0415 — seldom asked for

        if wanted(given, Path.cwd()):
            return new, f"{PROGRAM} new", given[1:]
    return command, PROGRAM, given


if __name__ == "__main__":
    sys.exit(main())
