"""Logs of a service, shipped to Logstash and Elasticsearch as lines of JSON.

::

    export LOG_TO=tcp://127.0.0.1:5000,elasticsearch://127.0.0.1:9200/nest
    python -m servers.demos.logs
    curl 'http://127.0.0.1:3000/sum?num=1,2,3'
    curl 'http://127.0.0.1:9200/nest/_search?q=nest.route:sum'
"""

from __future__ import annotations

import asyncio
import logging
import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from servers import Service

from . import programs
from .log_lines import EcsFormatter, log_calls
from .shipping import shipper_to
from .sums import add_log, add_sum, make_main

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractAsyncContextManager

    from .shipping import Shipper

logger = logging.getLogger("servers")


@asynccontextmanager
async def shipping(name: str) -> AsyncIterator[None]:
    """Ship what is logged meanwhile to the places that ``LOG_TO`` names.

    Args:
        name: Of the service.

    Raises:
        UsageError: One of them has another form.
    """
    shippers = _shippers(os.environ.get("LOG_TO", ""), name)
    for each in shippers:
        logger.addHandler(each)
    try:
        yield
    finally:
        for each in shippers:
            logger.removeHandler(each)
        await asyncio.gather(*(asyncio.to_thread(each.close) for each in shippers))
        for lost in filter(None, (each.lost for each in shippers)):
            logger.warning("%d lines of the log were lost", lost)


def _shippers(urls: str, name: str) -> list[Shipper]:
    shippers = [shipper_to(url) for url in urls.split(",") if url]
    for each in shippers:
        each.setFormatter(EcsFormatter(name))
    return shippers


def make_calc() -> Service:
    """Return the service with sums and the log, whose calls are logged."""
    service = Service()
    log_calls(service)
    add_sum(service)
    add_log(service)
    return service


@asynccontextmanager
async def calc() -> AsyncIterator[None]:
    """Run the service, and ship its log."""
    async with (
        shipping("calc"),
        programs.serving(make_calc(), programs.port_of("calc", 8888)),
    ):
        yield


def main() -> AbstractAsyncContextManager[None]:
    """Run the HTTP application."""
    port = programs.port_of("calc", 8888)
    return programs.serving_http(make_main(port, port), programs.port_of("http", 3000))


PROGRAMS = {"calc": calc, "main": main}

if __name__ == "__main__":
    programs.main(PROGRAMS)
