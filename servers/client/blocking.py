"""The same client for code that is not asynchronous, such as Flask's and Django's.

The calls run on an event loop in a thread of its own, which all threads of the process
share. A process that forks (gunicorn, Celery) has a loop of its own in each child.
"""

from __future__ import annotations

import asyncio
import os
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Self, TypeVar, Unpack

from protocol import UNDEFINED, Json
from servers.errors import ClientClosedError
from servers.running import loop_factory

from .client import Client

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from types import TracebackType

    from .options import CallOptions, ClientOptions

T = TypeVar("T")

_END = object()  # what a stream gives when it is over


class BlockingClient:
    """Call Nest servers, and wait for the answer.

    Args:
        host: The server.
        port: Its port.
        options: What :class:`Client` takes.
    """

    def __init__(
        self,
        host: str = "localhost",
        port: int = 3000,
        **options: Unpack[ClientOptions],
    ) -> None:
        self._make: Callable[[], Client] = lambda: Client(host, port, **options)
        self._lock = threading.Lock()
        self._process: int | None = None  # whose loop and client these are
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._client: Client | None = None
        self._closed = False

    def send(self, pattern: Json, data: Json, **options: Unpack[CallOptions]) -> Json:
        """Send a message and return the value of its reply; see :meth:`Client.send`.

        Raises:
            CallError: There is none.
        """
        return self._wait(self._started().send(pattern, data, **options))

    def emit(self, pattern: Json, data: Json, *, metadata: Json = UNDEFINED) -> None:
        """Send an event; see :meth:`Client.emit`.

        Raises:
            ConnectError: No connection could be made.
        """
        self._wait(self._started().emit(pattern, data, metadata=metadata))

    def stream(
        self, pattern: Json, data: Json, **options: Unpack[CallOptions]
    ) -> Iterator[Json]:
        """Send a message and iterate over the values of its reply.

        Raises:
            CallError: The stream failed.
        """
        values = self._started().stream(pattern, data, **options)
        try:
            while (value := self._wait(anext(values, _END))) is not _END:
                yield value
        finally:
            with suppress(RuntimeError):  # the loop is gone
                self._wait(values.aclose())

    def close(self) -> None:
        """Close the connections and end the thread."""
        with self._lock:
            self._closed = True
            if self._process != os.getpid() or self._client is None:
                return
            self._wait(self._client.aclose())
            assert self._loop is not None
            assert self._thread is not None
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()
            self._client = None

    def __enter__(self) -> Self:
        """Return the client itself; nothing is connected yet."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()

    def _started(self) -> Client:
        """Return the client of this process, its loop running."""
        with self._lock:
            if self._client is None or self._process != os.getpid():
                self._start()
            assert self._client is not None
            return self._client

    def _start(self) -> None:
        if self._closed:
            raise ClientClosedError
        self._loop = loop_factory()()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="blocking-client", daemon=True
        )
        self._thread.start()
        self._client = self._make()
        self._process = os.getpid()

    def _wait(self, work: Awaitable[T]) -> T:
        assert self._loop is not None
        future = asyncio.run_coroutine_threadsafe(_awaited(work), self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()  # an interrupted caller waits no longer
            raise


async def _awaited(work: Awaitable[T]) -> T:
    return await work
