"""What the port answers: the page, and the events that keep it up to date.

============  ===================================================================
path          answer
============  ===================================================================
``/``         the page
``/events``   its state as server-sent events: ``state``, then each ``change``
============  ===================================================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from .guarding import Guard
from .streaming import EventStream

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp

    from .board import Board


def application(board: Board, page: str, token: str | None) -> ASGIApp:
    """Return what answers requests.

    Args:
        board: What is to be seen.
        page: The page, as HTML.
        token: What an address must have; None where only this machine can ask.
    """

    async def answer(_: Request) -> HTMLResponse:
        return HTMLResponse(page)

    routes = [
        Route("/", answer, methods=["GET"]),
        Route("/events", EventStream(board), methods=["GET"]),
    ]
    answering = Starlette(routes=routes)
    answering.router.redirect_slashes = False
    return Guard(answering, token)
