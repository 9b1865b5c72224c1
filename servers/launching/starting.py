"""From options to a service that runs, up to the exit code."""

from __future__ import annotations

import logging
import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from servers.errors import ListenError, UsageError
from servers.running import run
from servers.serving.places import DEFAULT_HOST, DEFAULT_PORT
from servers.serving.plans import Plan, ServeOptions, plan_of
from servers.serving.several import run_several
from servers.serving.worker import Worker, become_worker
from servers.tls import server_tls

from .loading import BrokenError, NotFoundError, load
from .reloading import reload
from .speech import CANNOT_LISTEN, FAILED, INTERRUPTED, USAGE, say
from .tracebacks import UserFrames, shortened

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

_MARGIN = 15.0  # seconds after drain and grace until a reloaded service is killed


def start(options: dict[str, Any]) -> int:
    """Serve until the service ends, or say why it cannot; return the exit code.

    Args:
        options: Of the command, by name.
    """
    _log(options["log_level"], several=options["workers"] > 1)
    return _guarded(partial(_serve, options))


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
        return INTERRUPTED
    except BrokenError as error:
        click.echo(str(error), err=True)
        return FAILED
    except ListenError as error:
        say(str(error))
        return CANNOT_LISTEN
    except (NotFoundError, UsageError) as error:
        say(str(error))
        return USAGE
    except Exception as error:  # noqa: BLE001 — whatever a lifespan raises
        click.echo(shortened(error), err=True)
        return FAILED


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

    told = (FAILED, USAGE, CANNOT_LISTEN)  # by the worker itself
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
