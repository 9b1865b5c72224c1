"""``GET /sum`` emits the event log and sends the message sum, to one service.

::

    python -m servers.demos.main_user
    curl 'http://127.0.0.1:3000/sum?num=1,2,3'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from servers import Service

from . import programs
from .sums import add_log, add_sum, make_main

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager


def user() -> AbstractAsyncContextManager[None]:
    """Run the service with both."""
    service = Service()
    add_sum(service)
    add_log(service)
    return programs.serving(service, _user_port())


def main() -> AbstractAsyncContextManager[None]:
    """Run the HTTP application."""
    application = make_main(_user_port(), _user_port())
    return programs.serving_http(application, programs.port_of("http", 3000))


def _user_port() -> int:
    return programs.port_of("user", 8888)


PROGRAMS = {"user": user, "main": main}

if __name__ == "__main__":
    programs.main(PROGRAMS)
