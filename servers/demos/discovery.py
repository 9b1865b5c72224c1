"""Services that register with Consul, and a client that finds them there.

::

    python -m servers.demos.consul &                        # unless there is a Consul
    python -m servers.demos.discovery
    CALC_PORT=8889 python -m servers.demos.discovery calc   # one more, found at once
    curl 'http://127.0.0.1:3000/sum?num=1,2,3'
    curl http://127.0.0.1:3000/servers
"""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse
from starlette.routing import Route

from servers import Client, Service
from servers.discovery import Registration, consul
from servers.discovery.asking import RegistryError
from servers.errors import UsageError

from . import programs
from .answers import application
from .sums import add_log, add_sum, make_asking

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractAsyncContextManager

    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

NAME = "calc"
_TTL = 3.0  # seconds


def make_main(calc: Client) -> Starlette:
    """Return the HTTP application: ``GET /sum``, and ``GET /servers``, which there are.

    Args:
        calc: Calls the services with the message ``sum``.
    """

    async def servers(_: Request) -> Response:
        return JSONResponse(sorted(each.address for each in calc.status))

    routes = [*make_asking(calc, calc).routes, Route("/servers", servers)]
    return application(routes, calc)


@asynccontextmanager
async def calc() -> AsyncIterator[None]:
    """Run a service with sums and the log, and register it.

    Raises:
        UsageError: Consul cannot be asked.
    """
    service, port = Service(), programs.port_of("calc", 8888)
    add_sum(service)
    add_log(service)
    registration = Registration(
        NAME, programs.HOST, port, ttl=_TTL, tcp_every=_TTL, url=_url()
    )
    async with programs.serving(service, port):
        try:
            await registration.__aenter__()
        except RegistryError as error:
            raise UsageError(f"cannot register with Consul: {error}") from error
        try:
            yield
        finally:
            await registration.__aexit__(None, None, None)


def main() -> AbstractAsyncContextManager[None]:
    """Run the HTTP application."""
    found = Client(discover=consul(NAME, url=_url()))
    return programs.serving_http(make_main(found), programs.port_of("http", 3000))


def _url() -> str:
    """Return the URL of Consul, or of the stand-in."""
    own = f"http://{programs.HOST}:{programs.port_of('consul', 8500)}"
    return os.environ.get("CONSUL_HTTP_ADDR") or own


PROGRAMS = {"calc": calc, "main": main}

if __name__ == "__main__":
    programs.main(PROGRAMS)
