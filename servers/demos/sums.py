"""Sums, a log, and HTTP in front: what two of the applications are made of."""

from __future__ import annotations

import asyncio
import logging
import math
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from protocol import number_to_string
from servers import CallError, Client, Service

from .programs import HOST

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

logger = logging.getLogger("servers.demos")

WORDS = "求和1111"
"""What is logged for each sum, in characters of one byte and of three."""


def add_sum(service: Service) -> None:
    """Let a service answer the message ``sum``."""

    @service.message("sum")
    def total(numbers: list[int | float]) -> float:
        return sum(numbers)


def add_log(service: Service) -> None:
    """Let a service hear the event ``log``."""

    @service.event("log")
    def log(text: str) -> None:
        logger.info("log: %s", text)


def make_main(sum_port: int, log_port: int) -> Starlette:
    """Return the HTTP application: ``GET /sum?num=1,2,3``.

    Args:
        sum_port: Where the message ``sum`` is answered.
        log_port: Where the event ``log`` is heard; one connection carries both where
            it is the same.
    """
    adder = Client(HOST, sum_port)
    journal = adder if log_port == sum_port else Client(HOST, log_port)

    async def answer(request: Request) -> Response:
        try:
            numbers = _numbers(request.query_params.get("num", ""))
        except ValueError:
            return _failure(400, "num takes numbers with commas between them")
        await _tell(journal)
        try:
            total = await adder.send("sum", numbers)
        except CallError as error:
            logger.warning("no sum: %s", error)
            return _failure(502, "Bad Gateway")
        return HTMLResponse(number_to_string(total))  # as Nest's Express does

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with adder, journal:
            yield

    return Starlette(routes=[Route("/sum", answer)], lifespan=lifespan)


async def _tell(journal: Client) -> None:
    """Log, or go on without; a sum needs no log."""
    try:
        await journal.emit("log", WORDS)
        await asyncio.sleep(0)  # or the sum would travel in the same packet
    except CallError as error:
        logger.warning("no log: %s", error)


def _numbers(text: str) -> list[int | float]:
    """Read numbers.

    Raises:
        ValueError: One of them is none.
    """
    numbers = [
        int(each) if each.strip().isdecimal() else float(each)
        for each in text.split(",")
    ]
    if not all(map(math.isfinite, numbers)):
        raise ValueError
    return numbers


def _failure(status: int, message: str) -> JSONResponse:
    return JSONResponse({"statusCode": status, "message": message}, status)
