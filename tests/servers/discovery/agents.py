"""A stand-in for Consul, in this event loop or as an application in a process."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from servers.demos.consul import make_agent
from servers.demos.programs import serving_http
from tests.servers.demos.twins import free_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.applications import Starlette


@asynccontextmanager
async def agent(port: int = 0) -> AsyncIterator[str]:
    """Run the stand-in; give its URL."""
    async with listening(make_agent(), port) as url:
        yield url


@asynccontextmanager
async def listening(application: Starlette, port: int = 0) -> AsyncIterator[str]:
    """Run an application; give its URL."""
    port = port or free_port()
    async with serving_http(application, port):
        yield f"http://127.0.0.1:{port}"
