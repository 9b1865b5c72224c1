"""The client for code that is not asynchronous, such as Flask's and Django's.

Calls run on an event loop in a background thread, one for each client, which any number
of threads share. After a fork (gunicorn, Celery) each child process starts its own.
"""

from __future__ import annotations

import asyncio
import os
import threading
import weakref
from concurrent.futures import CancelledError
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar, Unpack, overload

from protocol import UNDEFINED, Json
from servers.coroutines import require_coroutine_function
from servers.errors import ClientClosedError
from servers.running import loop_factory
from servers.serving.places import DEFAULT_HOST, DEFAULT_PORT

from .client import Client
from .feeding import Fed, values_of
from .many import IN_FLIGHT, check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator
    from types import TracebackType

    from typing_extensions import TypeForm

    from servers.tcp import Tcp

    from .brokers import Broker
    from .middleware import ClientMiddleware
    from .options import CallOptions, ClientOptions
    from .statuses import ServerStatus

T = TypeVar("T")

_END = object()  # stands for the end of a stream
_clients: weakref.WeakSet[BlockingClient] = weakref.WeakSet()


class BlockingClient:
    """Call Nest servers and block until the reply.

    Args:
        host: The server's host; or ``Tcp(…)``, or a broker such as ``Nats(…)``.
        port: The server's port.
        options: The options of :class:`Client`.

    Raises:
        UsageError: An address has no host, or a port outside 1 to 65535.
    """

    def __init__(
        self,
        host: str | Tcp | Broker = DEFAULT_HOST,
        port: int = DEFAULT_PORT,
        **options: Unpack[ClientOptions],
    ) -> None:
        self._open: Callable[[], Client] = lambda: Client(host, port, **options)
        self._middleware: list[ClientMiddleware] = []
        self._make()  # refuses at once what cannot be a client
        self._lock = threading.Lock()
        self._worker: _Worker | None = None
        self._end: Callable[[], object] | None = None  # ends the worker's thread
        self._closed = False
        _clients.add(self)

    @overload
    def send(
        self,
        pattern: Json,
        data: Json,
        *,
        returns: TypeForm[T],
        **options: Unpack[CallOptions],
    ) -> T: ...

    @overload
    def send(
        self, pattern: Json, data: Json, **options: Unpack[CallOptions]
    ) -> Json: ...

    def send(
        self,
        pattern: Json,
        data: Json,
        *,
        returns: Any = None,
        **options: Unpack[CallOptions],
    ) -> Any:
        """Send a message and return the value of its reply; see :meth:`Client.send`.

        Raises:
            CallError: The call failed.
        """
        worker = self._started()
        return worker.run(worker.client.send(pattern, data, returns=returns, **options))

    def emit(self, pattern: Json, data: Json, *, metadata: Json = UNDEFINED) -> None:
        """Send an event; see :meth:`Client.emit`.

        Raises:
            ConnectError: No connection could be made.
        """
        worker = self._started()
        worker.run(worker.client.emit(pattern, data, metadata=metadata))

    @overload
    def stream(
        self,
        pattern: Json,
        data: Json,
        *,
        returns: TypeForm[T],
        **options: Unpack[CallOptions],
    ) -> Iterator[T]: ...

    @overload
    def stream(
        self, pattern: Json, data: Json, **options: Unpack[CallOptions]
    ) -> Iterator[Json]: ...

    def stream(
        self,
        pattern: Json,
        data: Json,
        *,
        returns: Any = None,
        **options: Unpack[CallOptions],
    ) -> Iterator[Any]:
        """Send a message and iterate over the values of its reply.

        Raises:
            CallError: The stream failed.
        """
        worker = self._started()
        values = worker.client.stream(pattern, data, returns=returns, **options)
        try:
            while (value := worker.run(_next(values))) is not _END:
                yield value
        finally:
            with suppress(ClientClosedError):
                worker.run(values.aclose())

    @overload
    def send_many(
        self,
        pattern: Json,
        payloads: Iterable[Json],
        *,
        returns: TypeForm[T],
        in_flight: int = ...,
        return_exceptions: Literal[False] = ...,
        **options: Unpack[CallOptions],
    ) -> Iterator[T]: ...

    @overload
    def send_many(
        self,
        pattern: Json,
        payloads: Iterable[Json],
        *,
        returns: TypeForm[T],
        in_flight: int = ...,
        return_exceptions: bool,
        **options: Unpack[CallOptions],
    ) -> Iterator[T | Exception]: ...

    @overload
    def send_many(
        self,
        pattern: Json,
        payloads: Iterable[Json],
        *,
        in_flight: int = ...,
        return_exceptions: bool = ...,
        **options: Unpack[CallOptions],
    ) -> Iterator[Json]: ...

    def send_many(
        self,
        pattern: Json,
        payloads: Iterable[Json],
        *,
        in_flight: int = IN_FLIGHT,
        **options: Any,
    ) -> Iterator[Any]:
        """Send a message for each payload; iterate over the values, in their order.

        See :meth:`Client.send_many`. Payloads are taken from the iterable in the thread
        that iterates over the values.

        Raises:
            UsageError: As there.
        """
        check(payloads, in_flight)
        worker, fed = self._started(), Fed()
        send_many = worker.client.send_many
        replies = send_many(pattern, fed, in_flight=in_flight, **options)
        return values_of(replies, fed, payloads, in_flight, worker.run)

    def use(self, middleware: ClientMiddleware) -> ClientMiddleware:
        """Put a middleware around every call; see :meth:`Client.use`.

        It runs on the event loop of the client.

        Raises:
            UsageError: It is not a coroutine function.
        """
        require_coroutine_function(middleware)
        with self._lock:
            self._middleware.append(middleware)
            if self._worker is not None:
                self._worker.client.use(middleware)
        return middleware

    @property
    def status(self) -> tuple[ServerStatus, ...]:
        """What is known of each server; see :attr:`Client.status`."""
        worker = self._worker
        client = self._make() if worker is None else worker.client
        return client.status

    def statuses(self) -> Iterator[ServerStatus]:
        """Iterate over changes of the status; see :meth:`Client.statuses`.

        Raises:
            ClientClosedError: The client was closed before.
        """
        worker = self._started()
        statuses = worker.client.statuses()
        with suppress(ClientClosedError, CancelledError):  # it is closed now
            while (status := worker.run(_next(statuses))) is not _END:
                yield status

    def close(self) -> None:
        """Close the connections, and end the thread."""
        with self._lock:
            self._closed = True
            worker, self._worker = self._worker, None
        if worker is not None and self._end is not None:
            self._end()
            worker.join()

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

    def _make(self) -> Client:
        """Return a client with the middleware of this one, not connected yet."""
        client = self._open()
        for each in self._middleware:
            client.use(each)
        return client

    def _renew_lock(self) -> None:
        """In a child, free the lock: the thread that held it is not there any more."""
        self._lock = threading.Lock()

    def _started(self) -> _Worker:
        """Return the worker of this process, started now if need be.

        Raises:
            ClientClosedError: The client is closed.
        """
        with self._lock:
            if self._closed:
                raise ClientClosedError
            if self._worker is None or not self._worker.is_ours:
                self._worker = _Worker(self._make())
                # A client that is dropped without being closed leaves no thread either.
                self._end = end = weakref.finalize(self, self._worker.end)
                end.atexit = False
            return self._worker


class _Worker:
    """A client with an event loop in a thread of its own.

    Args:
        client: The client, not connected yet.
    """

    def __init__(self, client: Client) -> None:
        self.client = client
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._ended = asyncio.Event()
        self._ending = False
        self._runner = asyncio.Runner(loop_factory=loop_factory())
        self._loop = self._runner.get_loop()
        self._thread = threading.Thread(
            target=self._work, name="blocking-client", daemon=True
        )
        try:
            self._thread.start()
        except BaseException:  # there are too many threads already
            self._runner.close()
            raise

    @property
    def is_ours(self) -> bool:
        """Whether this process started it, rather than the parent of a fork."""
        return self._process == os.getpid()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the event loop and return its result.

        Raises:
            ClientClosedError: The client is closed, or this is a child of the process
                whose call it is; nobody would answer there.
            Exception: Whatever the coroutine raises.
        """
        if not self.is_ours:
            work.close()
            raise ClientClosedError
        with self._lock:  # or the loop could end before it has seen the work
            if self._ending:
                work.close()
                raise ClientClosedError
            future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()  # an interrupted caller does not wait any longer
            raise

    def end(self) -> None:
        """Let the thread close the client and the event loop, and end."""
        if self.is_ours:
            with self._lock:
                self._ending = True
                self._loop.call_soon_threadsafe(self._ended.set)

    def join(self) -> None:
        """Wait until the thread has ended."""
        if self.is_ours:
            self._thread.join()

    def _work(self) -> None:
        with self._runner as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        async with self.client:
            await self._ended.wait()


async def _next(values: AsyncIterator[Any]) -> Any:  # noqa: ANN401
    return await anext(values, _END)


def _renew_locks() -> None:
    for client in list(_clients):
        client._renew_lock()  # noqa: SLF001 — one thing in two parts


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=_renew_locks)
