"""A service: handlers under patterns, and the ways to let it run."""

from __future__ import annotations

import asyncio
import logging
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeVar

from servers.limits import Limits
from servers.running import run

from .handlers import Handler
from .listener import Server
from .middleware import surround
from .routes import Routes, routes_of

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Callable, Iterator

    from protocol import Json
    from servers.hooks import Hooks

    from .middleware import Middleware

logger = logging.getLogger("servers.server")

DEFAULT_HOST = "localhost"
"""Source: ``packages/microservices/constants.ts``, ``TCP_DEFAULT_HOST``."""
DEFAULT_PORT = 3000
"""Source: ``packages/microservices/constants.ts``, ``TCP_DEFAULT_PORT``."""

AnyFunction = TypeVar("AnyFunction", bound="Callable[..., Any]")


class Service:
    """Handlers, to be called by Nest clients and by ours.

    Args:
        limits: What peers may make us hold and wait for.
        hooks: Who is told of connections, bytes and calls.

    Attributes:
        handlers: What is registered.
    """

    def __init__(
        self, *, limits: Limits | None = None, hooks: Hooks | None = None
    ) -> None:
        self.limits = limits or Limits()
        self.hooks = hooks
        self.handlers = Routes()
        self._middleware: list[Middleware] = []
        self._executor: ThreadPoolExecutor | None = None

    @property
    def routes(self) -> list[str]:
        """The routes that have a handler."""
        return [handler.route for handler in self.handlers]

    def message(
        self, pattern: Json, *, thread: bool = False, replace: bool = False
    ) -> Callable[[AnyFunction], AnyFunction]:
        """Register a function that answers requests.

        Args:
            pattern: A string, a number, an object, or a list of such.
            thread: Whether it blocks, and so is run in a thread.
            replace: Whether it may take the place of another message handler.

        Raises:
            PatternError: This is no pattern, or none that a packet can reach.
            DuplicateHandlerError: The route has a message handler already.
            HandlerError: The function cannot be called with a payload.
        """
        return self._register(pattern, thread=thread, replace=replace)

    def event(
        self, pattern: Json, *, thread: bool = False
    ) -> Callable[[AnyFunction], AnyFunction]:
        """Register a function that hears events, with any others of the same route.

        Args:
            pattern: A string, a number, an object, or a list of such.
            thread: Whether it blocks, and so is run in a thread.

        Raises:
            PatternError: This is no pattern, or none that a packet can reach.
            HandlerError: The function cannot be called with a payload.
        """
        return self._register(pattern, thread=thread, is_event=True)

    def use(self, middleware: Middleware) -> Middleware:
        """Put a middleware around every handler, inside of those used before."""
        self._middleware.append(middleware)
        for handler in self.handlers:
            surround(handler, self._middleware)
        return middleware

    @asynccontextmanager
    async def listen(
        self,
        host: str | None = DEFAULT_HOST,
        port: int = DEFAULT_PORT,
        *,
        tls: ssl.SSLContext | None = None,
        grace: float = 10.0,
    ) -> AsyncIterator[Server]:
        """Listen for as long as the block lasts.

        Args:
            host: Where to listen; None is everywhere.
            port: 0 takes any that is free; the server's ``port`` tells which.
            tls: What to speak TLS with; see :func:`servers.server_tls`.
            grace: Seconds that calls in flight may take at the end of the block.

        Raises:
            ListenError: The address is in use, does not resolve, or is not ours.
        """
        server = Server(self.handlers, self.limits, self.hooks)
        await server.listen(host, port, tls)
        try:
            yield server
        finally:
            await server.stop(grace)

    async def serve(
        self,
        host: str | None = DEFAULT_HOST,
        port: int = DEFAULT_PORT,
        *,
        tls: ssl.SSLContext | None = None,
        grace: float = 10.0,
        signals: bool = True,
    ) -> None:
        """Listen until SIGINT, SIGTERM or cancellation, then shut down with grace.

        Args:
            host: Where to listen; None is everywhere.
            port: 0 takes any that is free.
            tls: What to speak TLS with; see :func:`servers.server_tls`.
            grace: Seconds that calls in flight may take at the end.
            signals: Whether to end on SIGINT and SIGTERM.

        Raises:
            ListenError: The address is in use, does not resolve, or is not ours.
        """
        async with self.listen(host, port, tls=tls, grace=grace) as server:
            for address in server.addresses:
                logger.info("listening on %s:%d", *address)
            with _signals(wanted=signals) as ended:
                await ended.wait()
            logger.info("shutting down")

    def run(self, host: str | None = DEFAULT_HOST, port: int = DEFAULT_PORT) -> None:
        """Serve with the fastest event loop that is installed.

        Raises:
            ListenError: The address is in use, does not resolve, or is not ours.
        """
        run(self.serve(host, port))

    def _register(
        self,
        pattern: Json,
        *,
        thread: bool,
        replace: bool = False,
        is_event: bool = False,
    ) -> Callable[[AnyFunction], AnyFunction]:
        routes = routes_of(pattern)
        executor = self._threads() if thread else None

        def register(function: AnyFunction) -> AnyFunction:
            for route in routes:
                handler = Handler(function, route, is_event=is_event, executor=executor)
                surround(handler, self._middleware)
                self.handlers.add(handler, replace=replace)
            return function

        return register

    def _threads(self) -> ThreadPoolExecutor:
        if self._executor is None:
            self._executor = ThreadPoolExecutor(
                self.limits.threads, thread_name_prefix="handler"
            )
        return self._executor


@contextmanager
def _signals(*, wanted: bool) -> Iterator[asyncio.Event]:
    """Give an event that SIGINT and SIGTERM set; a second one ends the program."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    numbers = (signal.SIGINT, signal.SIGTERM) if wanted else ()
    with suppress(NotImplementedError, RuntimeError, ValueError):  # no main thread
        for number in numbers:
            loop.add_signal_handler(number, ended.set)
    try:
        yield ended
    finally:
        for number in numbers:
            with suppress(NotImplementedError, RuntimeError, ValueError):
                loop.remove_signal_handler(number)
