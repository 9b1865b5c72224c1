"""For tests: a service in the same process, and clients that call it.

::

    async def test_sum() -> None:
        async with connected(service) as nest:  # without sockets
            assert await nest.send("sum", [1, 2, 3]) == 6


    def test_the_same_without_asyncio() -> None:
        with serving(service) as server, BlockingClient(port=server.port) as nest:
            assert nest.send("sum", [1, 2, 3]) == 6

    def test_what_calls_others() -> None:
        with faking("answers.jsonl") as users:
            assert users.port  # where a service answers as recorded

Of :func:`connected` everything but the sockets is real: the bytes, the frames, the
limits; of :func:`serving` those too.
"""

from __future__ import annotations

import asyncio
import os
import warnings
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
    from .recorded.fakes import Fake
    from .recorded.loading import FakeOptions
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


class RunningFake:
    """A service that answers as recorded, while it runs.

    Args:
        fake: The service.
        server: What runs it.
    """

    def __init__(self, fake: Fake, server: Server) -> None:
        self._fake, self._server = fake, server

    @property
    def port(self) -> int:
        """The port that it listens on."""
        port = self._server.port
        assert port is not None
        return port

    @property
    def answered(self) -> dict[str, int]:
        """``exact``, ``ignoring`` or ``nearest`` → how many requests were answered."""
        return {str(how): count for how, count in self._fake.answered.items()}

    @property
    def unknown(self) -> int:
        """How many requests had no recording."""
        return self._fake.unknown

    @property
    def events(self) -> dict[str, int]:
        """Route → how many events came."""
        return dict(self._fake.events)

    def __repr__(self) -> str:
        return f"<RunningFake on port {self.port}: {self._fake.summary()}>"


@contextmanager
def faking(
    file: str | os.PathLike[str],
    host: str = "127.0.0.1",
    port: int = 0,
    **options: Unpack[FakeOptions],
) -> Iterator[RunningFake]:
    """Answer as recorded, on a socket, while the block lasts.

    Args:
        file: What ``protocol-inspect fixture`` has written, or a capture.
        host: The address to listen on.
        port: 0 for any free port.
        options: ``ignore``, paths of what in the data of requests does not matter;
            ``latency``, how long answers take: ``"recorded"``, ``"none"`` or seconds;
            ``strict``, whether other data is answered with an error.

    Raises:
        UsageError: The file cannot be read, has a mistake or holds no answers.
        ListenError: The address is in use, does not resolve, or is not ours.
    """
    from .recorded.loading import load_fake  # noqa: PLC0415 — few tests use it

    fake = load_fake(os.fspath(file), remark=_warn, **options)
    with serving(fake.service, host, port, grace=0.0) as server:
        yield RunningFake(fake, server)


def _warn(words: str) -> None:
    """Warn of a misspelt key: pytest lists that, but no log of a test that passes."""
    warnings.warn(words, UserWarning, stacklevel=2)
