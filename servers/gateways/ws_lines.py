"""What carries texts to a client of plain WebSockets."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from servers.brokers.publishing import Publisher
from servers.logs import logger_of

from .clients import no_acknowledgements

if TYPE_CHECKING:
    from websockets.asyncio.server import ServerConnection

    from protocol import Json

    from .halls import Hall

logger = logger_of("server")


class WsLine:
    """What carries texts to a client: a :class:`~servers.gateways.clients.Line`.

    Args:
        connection: The connection.
        hall: The gateway.
    """

    def __init__(self, connection: ServerConnection, hall: Hall) -> None:
        self._connection = connection
        self._hall = hall
        self._most = hall.reception.limits.write_buffer
        self._publisher: Publisher[str] = Publisher(
            self._send, hall.reception.limits.write_high
        )
        self._closing: asyncio.Task[None] | None = None

    @property
    def paused(self) -> bool:
        """Whether more waits to be sent than should."""
        return self._publisher.paused

    def put(self, text: str) -> None:
        """Send a text soon; a client that lets too much wait is disconnected."""
        self._publisher.put(text, len(text))
        self._hall.sent(text)
        if self._most and self._publisher.waiting > self._most:
            logger.warning(
                "%s: dropped, it reads too slowly", self._connection.remote_address
            )
            self.abort()

    async def drained(self) -> None:
        """Wait until no more waits than should, or the client has gone."""
        await self._publisher.drained()

    async def flush(self) -> None:
        """Wait until all is sent, or the client has gone."""
        await self._publisher.flush()

    def ask(self, number: int, event: str, data: tuple[Json, ...]) -> None:
        """Refuse: nothing is acknowledged here.

        Raises:
            UsageError: Always.
        """
        del number, event, data
        raise no_acknowledgements()

    def close(self, reason: str) -> None:
        """End the connection, once all is sent."""
        if self._closing is None:
            closing = self._close(reason)
            self._closing = asyncio.get_running_loop().create_task(closing)

    async def _close(self, reason: str) -> None:
        await self._publisher.flush()
        await self._connection.close(reason=reason)

    def abort(self) -> None:
        """End the connection now."""
        self.abandon()
        self._connection.transport.abort()

    def abandon(self) -> None:
        """Send nothing more."""
        self._publisher.abandon()

    async def _send(self, texts: list[str]) -> None:
        from websockets.exceptions import ConnectionClosed  # noqa: PLC0415 — an extra

        try:
            for text in texts:
                await self._connection.send(text)
        except ConnectionClosed:
            pass  # whoever reads from it says so
