"""The life of a server: what its service needs is there before it, and after it.

::

    lifespan begins ─► the server listens ─► … ─► its last call ends ─► lifespan ends
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Any

from .listener import Server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from .registry import Registry


@asynccontextmanager
async def running(
    registry: Registry, lifespan: AbstractAsyncContextManager[Any], grace: float
) -> AsyncIterator[Server]:
    """Provide a server that does not listen yet, and stop it at the end of the block.

    Args:
        registry: The service.
        lifespan: Entered before there is a server, and left when it has stopped; what
            it gives is the state of the server.
        grace: Seconds that calls in flight may take at the end of the block.

    Raises:
        Exception: Whatever the lifespan raises.
    """
    async with lifespan as state:
        server = Server(registry.handlers, registry.limits, registry.hooks, state)
        try:
            yield server
        finally:
            await server.stop(grace)
