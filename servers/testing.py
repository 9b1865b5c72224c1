"""For tests: a client that calls a service in the same process, without sockets.

::

    async def test_sum() -> None:
        async with connected(service) as nest:
            assert await nest.send("sum", [1, 2, 3]) == 6

Everything but the sockets is real: the bytes, the frames, the limits.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Unpack

from .client import Client
from .pipes import connect_pair

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from .client.connection import Connection
    from .client.options import ClientOptions
    from .server import Service


@asynccontextmanager
async def connected(
    service: Service, *, grace: float = 1.0, **options: Unpack[ClientOptions]
) -> AsyncIterator[Client]:
    """Run a service in memory, and return a client of it.

    Args:
        service: The service.
        grace: Seconds that calls in flight may take at the end of the block.
        options: Options of the client, such as ``timeout`` or ``limits``.

    Raises:
        Exception: Whatever the lifespan of the service raises.
    """
    async with service.started(grace=grace) as server:
        server.watch()

        async def dial(protocol: Callable[[], Connection]) -> None:
            connect_pair(protocol(), server.new_connection())

        async with Client(dial=dial, **options) as client:
            yield client
