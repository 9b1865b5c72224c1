"""A client whose replies come by channels of patterns, which all clients may hear.

A channel is subscribed to before the first request whose reply comes by it, and left
some time after the last one.
"""

from __future__ import annotations

from abc import abstractmethod
from collections import ChainMap
from typing import TYPE_CHECKING, Any

from servers.client.packets import CHANCE_DIGITS
from servers.errors import ConnectError

from .channels import LINGER, Channels
from .wires import BrokerWire

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from servers.client.brokers import Terms

    from .letters import Letter


class SharedReplyWire(BrokerWire):
    """A connection of a client to a broker whose replies come so.

    Args:
        peer: The broker, without a password.
        terms: What the client gives.
        lost: Called once it is of no use any more, with the cause.
    """

    def __init__(
        self, peer: str, terms: Terms, lost: Callable[[Exception | None], None]
    ) -> None:
        super().__init__(peer, terms, lost)
        self._channels = Channels()
        self._beginning = ""  # of the ids of all calls
        self._timer: asyncio.TimerHandle | None = None
        self._leaving: asyncio.Task[None] | None = None

    # What a broker does itself.

    @abstractmethod
    def reply_channel(self, channel: str) -> str:
        """Return where replies come to requests that go to a channel."""

    @abstractmethod
    async def subscribe(self, channels: list[str]) -> None:
        """Subscribe, and wait until the broker has; it is asked before the first wait.

        Raises:
            ConnectError: It refuses, or the connection is lost.
        """

    @abstractmethod
    async def unsubscribe(self, channels: list[str]) -> None:
        """Hear channels no longer; the broker is asked before the first wait.

        Raises:
            ConnectError: The connection is lost.
        """

    @abstractmethod
    async def write(self, letters: list[tuple[Letter, str | None]]) -> None:
        """Publish letters, whose replies would be heard.

        Args:
            letters: Each with the id of the request; None for an event.

        Raises:
            ConnectError: The connection is lost.
        """

    # What is alike.

    def is_mine(self, identity: str) -> bool:
        """Whether an id is of a call made here: all clients hear all replies."""
        return identity.startswith(self._beginning)

    async def publish(self, letters: list[tuple[Letter, str | None]]) -> None:
        """Publish letters, in their order, once their replies would be heard."""
        try:
            await self._hear(letters)
            await self.write(letters)
        except ConnectError as error:
            self.end(error)

    def end(self, cause: Exception | None) -> None:
        """Tell of the end, once, and fail the calls that wait."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        super().end(cause)

    async def _hear(self, letters: list[tuple[Letter, str | None]]) -> None:
        """Subscribe to where the replies to requests come, unless that is so already.

        Raises:
            ConnectError: The broker refuses, or the connection is lost.
        """
        now = self._loop.time()
        wanted = [
            (self.reply_channel(letter.channel), identity)
            for letter, identity in letters
            if identity is not None
        ]
        new = self._channels.new(channel for channel, _ in wanted)
        for channel, identity in wanted:
            self._channels.use(channel, identity, now)
            self._beginning = self._beginning or identity[:CHANCE_DIGITS]
        self._channels.prune(self._pending, self.pending)
        if new:
            await self.subscribe(new)
            self._look_later()

    @property
    def _pending(self) -> ChainMap[str, Any]:
        return ChainMap(self.asked, self.calls)

    def _look_later(self) -> None:
        """Look, some time from now, for channels that no call waits for."""
        if self._timer is None:
            self._timer = self._loop.call_later(LINGER, self._look)

    def _look(self) -> None:
        self._timer = None
        self._leaving = self._loop.create_task(self._leave())

    async def _leave(self) -> None:
        """Hear no longer what no call waits for.

        Nothing else runs between the look and the request: a call that came in between
        would subscribe to a channel first, and it would be left after that.
        """
        if not self.usable:
            return
        idle = self._channels.idle(self._pending, self._loop.time() - LINGER)
        if self._channels:
            self._look_later()
        if not idle:
            return
        try:
            await self.unsubscribe(idle)
        except ConnectError as error:
            self.end(error)
