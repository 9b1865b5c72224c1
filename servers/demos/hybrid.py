"""A hybrid application: sums by HTTP, TCP and NATS, and who asks for them.

::

    nats-server -a 127.0.0.1 &
    python -m servers.demos.hybrid
    curl 'http://127.0.0.1:3000/sum?num=1,2,3'              # main asks calc over NATS
    curl 'http://127.0.0.1:3001/sum?num=1,2,3'              # calc by HTTP
    protocol-call send nats://127.0.0.1:4222 sum '[1,2,3]'
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from servers import Client, Service
from servers.nats import Nats

from . import programs
from .sums import add_log, add_sum, make_adding, make_asking

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractAsyncContextManager


@asynccontextmanager
async def calc() -> AsyncIterator[None]:
    """Run the service with sums and the log, and the same sums by HTTP."""
    service = Service()
    add_sum(service)
    add_log(service)
    by_http = programs.serving_http(make_adding(), programs.port_of("calc_http", 3001))
    async with programs.serving(service, _calc_port(), _nats("calc")), by_http:
        yield


def main() -> AbstractAsyncContextManager[None]:
    """Run the HTTP application that sends messages over NATS and events over TCP."""
    application = make_asking(Client(_nats()), Client(programs.HOST, _calc_port()))
    return programs.serving_http(application, programs.port_of("http", 3000))


def _calc_port() -> int:
    return programs.port_of("calc", 8888)


def _nats(queue: str = "") -> Nats:
    port = programs.port_of("nats", 4222)
    return Nats(f"nats://{programs.HOST}:{port}", queue=queue)


PROGRAMS = {"calc": calc, "main": main}

if __name__ == "__main__":
    programs.main(PROGRAMS)
