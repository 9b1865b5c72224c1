"""A service: a registry of handlers, and the ways to run it on a TCP port."""

from __future__ import annotations

import asyncio
import signal
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import TYPE_CHECKING

from servers.logs import logger_of
from servers.running import run

from .listener import Server
from .registry import Registry

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Iterator

logger = logger_of("server")

DEFAULT_HOST = "localhost"
"""Source: ``packages/microservices/constants.ts``, ``TCP_DEFAULT_HOST``."""
DEFAULT_PORT = 3000
"""Source: ``packages/microservices/constants.ts``, ``TCP_DEFAULT_PORT``."""


class Service(Registry):
    """Handlers for Nest clients and ours.

    Args:
        limits: How much peers may make us buffer, and how long wait.
        hooks: Callbacks for connections, bytes and calls.

    Attributes:
        handlers: The registered handlers.
    """

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
            host: The address to listen on; None for all addresses.
            port: 0 for any free port, which the server's ``port`` then names.
            tls: For TLS; see :func:`servers.server_tls`.
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
        """Listen until SIGINT, SIGTERM or cancellation, then shut down gracefully.

        Args:
            host: The address to listen on; None for all addresses.
            port: 0 for any free port.
            tls: For TLS; see :func:`servers.server_tls`.
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
        """Serve on the fastest event loop that is installed.

        Raises:
            ListenError: The address is in use, does not resolve, or is not ours.
        """
        run(self.serve(host, port))


@contextmanager
def _signals(*, wanted: bool) -> Iterator[asyncio.Event]:
    """Provide an event that SIGINT and SIGTERM set; a second one ends the program."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    numbers = (signal.SIGINT, signal.SIGTERM) if wanted else ()
    with suppress(NotImplementedError, RuntimeError, ValueError):  # not the main thread
        for number in numbers:
            loop.add_signal_handler(number, ended.set)
    try:
        yield ended
    finally:
        for number in numbers:
            with suppress(NotImplementedError, RuntimeError, ValueError):
                loop.remove_signal_handler(number)
