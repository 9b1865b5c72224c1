"""``GET /sum`` emits the event log to one service, sends the message sum to another.

::

    python -m servers.demos.main_calc_log
    curl 'http://127.0.0.1:3000/sum?num=1,2,3'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from servers import Service

from . import programs
from .sums import add_log, add_sum, make_main

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager


def calc() -> AbstractAsyncContextManager[None]:
    """Run the service with the message ``sum``."""
    service = Service()
    add_sum(service)
    return programs.serving(service, _calc_port())


def log() -> AbstractAsyncContextManager[None]:
    """Run the service with the event ``log``."""
    service = Service()
    add_log(service)
    return programs.serving(service, _log_port())


def main() -> AbstractAsyncContextManager[None]:
    """Run the HTTP application."""
    application = make_main(_calc_port(), _log_port())
    return programs.serving_http(application, programs.port_of("http", 3000))


def _calc_port() -> int:
    return programs.port_of("calc", 8888)


def _log_port() -> int:
    return programs.port_of("log", 9999)


PROGRAMS = {"calc": calc, "log": log, "main": main}

if __name__ == "__main__":
    programs.main(PROGRAMS)
