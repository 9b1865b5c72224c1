"""Sums over gRPC: one answer, or all the sums on the way as a stream.

::

    python -m servers.demos.sums_grpc
    curl 'http://127.0.0.1:3000/sum?num=1,2,3'                # 6
    curl 'http://127.0.0.1:3000/totals?num=1,2,3'             # [1,3,6]

What the service offers is in ``sums.proto``, beside this file.
"""

from __future__ import annotations

import logging
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route

from protocol import number_to_string
from servers import CallError, Client, Service
from servers.grpc import Grpc, method

from . import programs
from .answers import application, failure
from .sums import NO_NUMBERS, read_numbers

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from contextlib import AbstractAsyncContextManager

    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

logger = logging.getLogger("servers.demos")

PROTO = Path(__file__).with_name("sums.proto")
"""What the service offers."""
_SUM, _TOTALS = method("Calculator", "Sum"), method("Calculator", "Totals")


def make_calc() -> Service:
    """Return the service: ``Sum``, and ``Totals``, a stream."""
    service = Service()

    @service.message(_SUM)
    def add(numbers: dict[str, list[float]]) -> dict[str, float]:
        return {"value": sum(numbers.get("values", []))}

    @service.message(_TOTALS)
    def totals(numbers: dict[str, list[float]]) -> Iterator[dict[str, float]]:
        for value in accumulate(numbers.get("values", [])):
            yield {"value": value}

    return service


def make_main(calc: Client) -> Starlette:
    """Return the HTTP application: ``GET /sum?num=1,2,3`` and ``GET /totals``.

    Args:
        calc: A client of the service.
    """

    async def total(numbers: list[int | float]) -> Response:
        value = _value(await calc.send(_SUM, {"values": numbers}))
        return HTMLResponse(number_to_string(value))

    async def totals(numbers: list[int | float]) -> Response:
        values = [
            _value(each) async for each in calc.stream(_TOTALS, {"values": numbers})
        ]
        return JSONResponse(values)

    routes = [Route("/sum", _asked(total)), Route("/totals", _asked(totals))]
    return application(routes, calc)


def _asked(
    answer: Callable[[list[int | float]], Awaitable[Response]],
) -> Callable[[Request], Awaitable[Response]]:
    """Return an endpoint that is asked with numbers."""

    async def endpoint(request: Request) -> Response:
        try:
            numbers = read_numbers(request.query_params.get("num", ""))
        except ValueError:
            return failure(400, NO_NUMBERS)
        try:
            return await answer(numbers)
        except CallError as error:
            logger.warning("no sum: %s", error)
            return failure(502, "Bad Gateway")

    return endpoint


def _value(total: dict[str, float]) -> float:
    """Return what a message says; a field that is zero is not in it."""
    return total.get("value", 0)


def calc() -> AbstractAsyncContextManager[None]:
    """Run the service."""
    return programs.serving_at(make_calc(), _grpc())


def main() -> AbstractAsyncContextManager[None]:
    """Run the HTTP application."""
    return programs.serving_http(
        make_main(Client(_grpc())), programs.port_of("http", 3000)
    )


def _grpc() -> Grpc:
    port = programs.port_of("calc", 5000)
    return Grpc(f"{programs.HOST}:{port}", proto=str(PROTO), package="sums")


PROGRAMS = {"calc": calc, "main": main}

if __name__ == "__main__":
    programs.main(PROGRAMS)
