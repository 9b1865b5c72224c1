"""HTTP requests to an application in this process; it calls through real sockets."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.applications import Starlette


@asynccontextmanager
async def asking(application: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    """Start an application, and give what asks it."""
    transport = httpx.ASGITransport(application)
    async with (
        application.router.lifespan_context(application),
        httpx.AsyncClient(transport=transport, base_url="http://demo") as http,
    ):
        yield http
