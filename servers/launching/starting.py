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
from servers.locating import broker_at, scheme_of, tcp_at
from servers.running import run
from servers.server.planning import Ways
from servers.serving.places import DEFAULT_HOST, DEFAULT_PORT
from servers.serving.plans import Plan, ServeOptions, plan_of
from servers.serving.several import run_several
from servers.serving.worker import Worker, become_worker
from servers.tls import server_tls

from .faking import finder_of
from .loading import BrokenError, NotFoundError
from .reloading import reload
from .speech import CANNOT_LISTEN, FAILED, INTERRUPTED, USAGE, say
from .tracebacks import UserFrames, shortened

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Sequence

_PLACES = ("host", "port", "uds", "fd")
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
    find, options = finder_of(options)
    plan, brokers = ways = _ways(options)
    if options["life_fd"] is not None:
        _serve_reloaded(find, ways, options["life_fd"])
        return None
    if options["reloading"]:
        return _reload(options, plan)
    if options["workers"] == 1:
        run(find().serve_plan(plan, None, brokers))
        return None
    ways.check_workers(options["workers"])

    def work(plan: Plan, worker: Worker) -> None:
        code = _guarded(lambda: run(find().serve_plan(plan, worker, brokers)))
        if code:
            raise SystemExit(code)

    told = (FAILED, USAGE, CANNOT_LISTEN)  # by the worker itself
    others = [each.name for each in brokers]
    run_several(work, plan, options["workers"], told=told, others=others)
    return None


def _serve_reloaded(find: Callable[[], Any], ways: Ways, life_fd: int) -> None:
    """Serve in the process that is started again and again."""
    become_worker()
    nobody = os.open(os.devnull, os.O_WRONLY)
    worker = Worker(1, nobody, life_fd, alone=True)
    run(find().serve_plan(ways.plan, worker, ways.brokers))


def _reload(options: dict[str, Any], plan: Plan) -> int:
    if options["workers"] > 1:
        raise UsageError("--reload is for one worker")
    return reload(
        sys.argv[1:],
        options["reload_dir"] or [Path()],
        patience=plan.drain + plan.grace + _MARGIN,
        fds=[] if options["fd"] is None else [options["fd"]],
    )


def _ways(options: dict[str, Any]) -> Ways:
    """Return by which transports to serve and how to end.

    Raises:
        UsageError: There are two places for TCP, half of what TLS needs, or a URL that
            is none.
    """
    urls: Sequence[str] = options["urls"]
    places = [tcp_at(each) for each in urls if scheme_of(each) == "tcp"]
    brokers = tuple(broker_at(each) for each in urls if scheme_of(each) != "tcp")
    typed = [name for name in _PLACES if options[name] is not None]
    if len(places) + bool(typed) > 1:
        raise UsageError("a service listens at one place, here are several")
    if places:
        options = {**options, "host": places[0].host, "port": places[0].port}
    plan = _plan(options)
    if brokers and not places and not typed:
        probes = plan.probes and plan.probes._replace(host=None)
        plan = plan._replace(place=None, probes=probes)
    return Ways(plan, brokers)


def _plan(options: dict[str, Any]) -> Plan:
    """Return where to listen by TCP, and how to end.

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
