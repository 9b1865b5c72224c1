"""For tests: a service in the same process, and clients that call it.

::

    async def test_sum() -> None:
        async with connected(service) as nest:  # without sockets
            assert await nest.send("sum", [1, 2, 3]) == 6


    def test_the_same_without_asyncio() -> None:
        with serving(service) as server, BlockingClient(port=server.port) as nest:
            assert nest.send("sum", [1, 2, 3]) == 6

Of :func:`connected` everything but the sockets is real: the bytes, the frames, the
limits; of :func:`serving` those too.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeAlias, Unpack

from .client import Client
from .pipes import connect_pair
from .running import run

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from .client.connection import Connection
    from .client.options import ClientOptions
    from .server import Server, Service

Started: TypeAlias = "Future[tuple[Server, Callable[[], object]]]"


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


@contextmanager
def serving(
    service: Service, host: str = "127.0.0.1", port: int = 0, *, grace: float = 1.0
) -> Iterator[Server]:
    """Run a service on a socket, in a thread of its own, while the block lasts.

    Args:
        service: The service.
        host: The address to listen on.
        port: 0 for any free port, which the server's ``port`` then names.
        grace: Seconds that calls in flight may take at the end of the block.

    Raises:
        ListenError: The address is in use, does not resolve, or is not ours.
        Exception: Whatever the lifespan of the service raises.
    """
    started: Started = Future()

    async def serve() -> None:
        ended, loop = asyncio.Event(), asyncio.get_running_loop()
        async with service.listen(host, port, grace=grace) as server:
            started.set_result((server, lambda: loop.call_soon_threadsafe(ended.set)))
            await ended.wait()

    with ThreadPoolExecutor(1, "serving") as threads:
        work = threads.submit(lambda: run(serve()))
        either: list[Future[Any]] = [started, work]
        wait(either, return_when=FIRST_COMPLETED)
        if not started.done():
            work.result()
        server, end = started.result()
        try:
            yield server
        finally:
            with suppress(RuntimeError):  # it has ended by itself; the result says why
                end()
            work.result()
