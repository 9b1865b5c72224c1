"""A service: a registry of handlers, and the ways to run it."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from contextlib import (
    AbstractAsyncContextManager,
    asynccontextmanager,
    nullcontext,
)
from typing import TYPE_CHECKING, Any, TypeAlias, Unpack

from servers.errors import UsageError
from servers.logs import logger_of
from servers.running import run
from servers.serving.places import DEFAULT_HOST, DEFAULT_PORT, Elsewhere, place_of
from servers.serving.signals import ending

from .health import Health
from .lifespan import running
from .probing import probing
from .registry import Registry

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Sequence

    from servers.hooks import Hooks
    from servers.integers import UnsafeIntegers
    from servers.limits import Limits

    from .guards import Guard
    from .listener import Server

logger = logger_of("server")

Lifespan: TypeAlias = Callable[["Service"], AbstractAsyncContextManager[Any]]
"""What a service needs while it runs; what it yields is the ``state`` of contexts."""


class ListenOptions(Elsewhere, total=False):
    """How a service listens; see :meth:`Service.listen`."""

    tls: ssl.SSLContext | None
    grace: float
    health_port: int | None


class ServeOptions(ListenOptions, total=False):
    """How a service runs until a signal; see :meth:`Service.serve`."""

    drain: float


class Service(Registry):
    """Handlers for Nest clients and ours.

    Args:
        limits: How much peers may make us buffer, and how long wait.
        hooks: Callbacks for connections, bytes and calls.
        guards: Functions that must agree before a handler runs.
        unsafe_integers: What happens to integers beyond 2^53 - 1, which JavaScript
            rounds: "send", "warn" to log them too, or "refuse" to reply with an error.
        lifespan: Called with the service; the context manager that it returns is
            entered before the service listens, and left when its last call has ended.
        health: The checks of the service, and the pattern that is answered with them.

    Attributes:
        handlers: The registered handlers.
        health: The checks of the service.
        servers: The servers that run it now, in the order in which they started.

    Raises:
        HandlerError: A guard cannot be called with a context.
        UsageError: ``lifespan`` is a generator function that is no context manager, or
            ``unsafe_integers`` is none of its values.
    """

    def __init__(  # noqa: PLR0913 — options, by name
        self,
        *,
        limits: Limits | None = None,
        hooks: Hooks | None = None,
        unsafe_integers: UnsafeIntegers = "send",
        guards: Sequence[Guard] = (),
        lifespan: Lifespan | None = None,
        health: Health | None = None,
    ) -> None:
        super().__init__(
            limits=limits, hooks=hooks, unsafe_integers=unsafe_integers, guards=guards
        )
        if inspect.isasyncgenfunction(lifespan):
            raise UsageError(
                f"{lifespan!r} cannot be a lifespan: decorate it with "
                "contextlib.asynccontextmanager"
            )
        self.servers: list[Server] = []
        self.health = health or Health()
        if self.health.pattern is not None:
            self.message(self.health.pattern)(self.health.answer)
        self._lifespan = lifespan

    @asynccontextmanager
    async def started(self, *, grace: float = 10.0) -> AsyncIterator[Server]:
        """Run within the lifespan, without listening, for as long as the block lasts.

        Args:
            grace: Seconds that calls in flight may take at the end of the block.

        Raises:
            Exception: Whatever the lifespan raises.
        """
        lifespan = nullcontext() if self._lifespan is None else self._lifespan(self)
        async with running(self, lifespan, grace) as server:
            self.servers.append(server)
            try:
                yield server
            finally:
                self.servers.remove(server)

    @asynccontextmanager
    async def listen(
        self,
        host: str | None = DEFAULT_HOST,
        port: int = DEFAULT_PORT,
        *,
        tls: ssl.SSLContext | None = None,
        grace: float = 10.0,
        health_port: int | None = None,
        **elsewhere: Unpack[Elsewhere],
    ) -> AsyncIterator[Server]:
        """Listen for as long as the block lasts.

        Args:
            host: The address to listen on; None for all addresses.
            port: 0 for any free port, which the server's ``port`` then names.
            tls: For TLS; see :func:`servers.server_tls`.
            grace: Seconds that calls in flight may take at the end of the block.
            health_port: Where ``/livez`` and ``/readyz`` are answered by HTTP, at the
                same host, or at all addresses if there is none; None for nowhere.
            elsewhere: One of ``uds`` (a path), ``fd`` and ``sock`` in place of host
                and port; ``reuse_port`` for several processes on one port.

        Raises:
            ListenError: The address is in use, does not resolve, or is not ours.
            UsageError: What was passed is more than one place.
            Exception: Whatever the lifespan raises; then nothing listens.
        """
        place = place_of(host, port, **elsewhere)
        async with (
            probing(self.health, place.beside(health_port)) as probed,
            self.started(grace=grace) as server,
        ):
            probed.server = server
            await server.listen(place, tls)
            yield server

    async def serve(
        self,
        host: str | None = DEFAULT_HOST,
        port: int = DEFAULT_PORT,
        *,
        signals: bool = True,
        drain: float = 0.0,
        **options: Unpack[ListenOptions],
    ) -> None:
        """Listen until SIGINT, SIGTERM or cancellation, then shut down gracefully.

        Args:
            host: The address to listen on; None for all addresses.
            port: 0 for any free port.
            signals: Whether to end on SIGINT and SIGTERM.
            drain: Seconds from the signal on in which the service is not ready any
                more, but still accepts connections.
            options: As for :meth:`listen`.

        Raises:
            ListenError: The address is in use, does not resolve, or is not ours.
            UsageError: What was passed is more than one place.
        """
        async with self.listen(host, port, **options) as server:
            for name in server.names:
                logger.info("listening on %s", name)
            with ending(signals=signals) as ended:
                await ended.wait()
            server.drain()
            if drain:
                logger.info("not ready any more; shutting down in %g s", drain)
                await asyncio.sleep(drain)
            logger.info("shutting down")

    def run(
        self,
        host: str | None = DEFAULT_HOST,
        port: int = DEFAULT_PORT,
        **options: Unpack[ServeOptions],
    ) -> None:
        """Serve on the fastest event loop that is installed.

        Args:
            host: The address to listen on; None for all addresses.
            port: 0 for any free port.
            options: As for :meth:`serve` and :meth:`listen`.

        Raises:
            ListenError: The address is in use, does not resolve, or is not ours.
            UsageError: What was passed is more than one place.
        """
        run(self.serve(host, port, **options))
