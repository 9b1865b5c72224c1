"""Sums, a log, and an HTTP application: the parts of two of the applications."""

from __future__ import annotations

import asyncio
import logging
import math
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from protocol import number_to_string
from servers import CallError, Client, Service

from .answers import application, failure
from .programs import HOST

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request

logger = logging.getLogger("servers.demos")

WORDS = "求和1111"
"""Logged for each sum, in characters of one byte and of three."""
NO_NUMBERS = "num must be numbers separated by commas"
"""Why a request for a sum is refused."""


def add_sum(service: Service) -> None:
    """Add the message ``sum`` to a service."""

    @service.message("sum")
    def total(numbers: list[int | float]) -> float:
        return sum(numbers)


def add_log(service: Service) -> None:
    """Add the event ``log`` to a service."""

    @service.event("log")
    def log(text: str) -> None:
        logger.info("log: %s", text)


def make_main(sum_port: int, log_port: int) -> Starlette:
    """Return the HTTP application: ``GET /sum?num=1,2,3``.

    Args:
        sum_port: The port of the service with the message ``sum``.
        log_port: The port of the service with the event ``log``; if it is the same,
            one connection carries both.
    """
    adder = Client(HOST, sum_port)
    return make_asking(adder, adder if log_port == sum_port else Client(HOST, log_port))


def make_adding() -> Starlette:
    """Return an HTTP application with the same answers, which adds by itself."""

    async def answer(request: Request) -> Response:
        try:
            numbers = read_numbers(request.query_params.get("num", ""))
        except ValueError:
            return failure(400, NO_NUMBERS)
        return HTMLResponse(number_to_string(sum(numbers)))

    return application([Route("/sum", answer)])


def make_asking(adder: Client, journal: Client) -> Starlette:
    """Return the HTTP application that asks for sums.

    Args:
        adder: A client of the service with the message ``sum``.
        journal: A client of the service with the event ``log``.
    """

    async def answer(request: Request) -> Response:
        try:
            numbers = read_numbers(request.query_params.get("num", ""))
        except ValueError:
            return failure(400, NO_NUMBERS)
        await _log(journal)
        try:
            total = await adder.send("sum", numbers)
        except CallError as error:
            logger.warning("no sum: %s", error)
            return failure(502, "Bad Gateway")
        return HTMLResponse(number_to_string(total))  # as Nest's Express does

    return application([Route("/sum", answer)], adder, journal)


# decision 81: The demos let an event leave before the sum
async def _log(journal: Client) -> None:
    """Log, but go on if that fails, since a sum does not need the log."""
    try:
        await journal.emit("log", WORDS)
        await asyncio.sleep(0)  # or the sum would travel in the same TCP packet
    except CallError as error:
        logger.warning("no log: %s", error)


def read_numbers(text: str) -> list[int | float]:
    """Read numbers.

    Raises:
        ValueError: One of them is not a number.
    """
    numbers = [
        int(each) if each.strip().isdecimal() else float(each)
        for each in text.split(",")
    ]
    if not all(map(math.isfinite, numbers)):
        raise ValueError
    return numbers
