"""Sums and a log over Kafka: topics that are made as they are needed, numbers as text.

::

    noida-db start --data-dir data --host 127.0.0.1 --only kafka --kafka-port 9092 &
    python -m servers.demos.sums_kafka
    curl 'http://127.0.0.1:3000/sum?num=1,2,3'              # main asks calc over Kafka
    protocol-call send kafka://127.0.0.1:9092 sum '[1,2,3]'
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from servers import Client, Service
from servers.kafka import Kafka

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
    async with programs.serving_at(service, _kafka()), by_http:
        yield


def main() -> AbstractAsyncContextManager[None]:
    """Run the HTTP application, whose one client sends the messages and the events."""
    asker = Client(_kafka())
    return programs.serving_http(
        make_asking(asker, asker), programs.port_of("http", 3000)
    )


def _kafka() -> Kafka:
    """Return the broker; what arrives as text there is a number again."""
    url = f"kafka://{programs.HOST}:{programs.port_of('kafka', 9092)}"
    return Kafka(url, group="calc", start="earliest", values="json")


PROGRAMS = {"calc": calc, "main": main}

if __name__ == "__main__":
    programs.main(PROGRAMS)
