"""A client at a broker that confirms what it has taken, message for message."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from servers.logs import logger_of

from .wires import BrokerWire

if TYPE_CHECKING:
    from collections.abc import Callable

    from servers.client.brokers import Terms

logger = logger_of("client")

_CONFIRMED = 10.0  # seconds for the broker to confirm what was sent last


class ConfirmedWire(BrokerWire):
    """A connection of a client to such a broker.

    Args:
        peer: The broker, without a password.
        terms: What the client gives.
        lost: Called once it is of no use any more, with the cause.

    Attributes:
        unconfirmed: The messages that the broker has not confirmed, in their order: the
            ids of requests, None for events, by the numbers that it confirms them by.
    """

    def __init__(
        self, peer: str, terms: Terms, lost: Callable[[Exception | None], None]
    ) -> None:
        super().__init__(peer, terms, lost)
        self.unconfirmed: dict[int, str | None] = {}
        self._all_confirmed = asyncio.Event()

    def note_confirmed(self) -> None:
        """Note that messages have been taken out of :attr:`unconfirmed`."""
        if not self.unconfirmed:
            self._all_confirmed.set()

    def end(self, cause: Exception | None) -> None:
        """Tell of the end, and of events that may be lost with the connection."""
        lost = sum(identity is None for identity in self.unconfirmed.values())
        self.unconfirmed.clear()
        self._all_confirmed.set()
        if lost:
            logger.warning(
                "%s: %d events were not confirmed, and may be lost", self.peer, lost
            )
        super().end(cause)

    async def close(self) -> None:
        """Disconnect; what is written leaves first, and is confirmed."""
        if self.usable:
            await self.publisher.flush()
            if self.unconfirmed:
                self._all_confirmed.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(_CONFIRMED):
                        await self._all_confirmed.wait()
        await super().close()
