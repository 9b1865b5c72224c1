"""A client at a Redis server: requests by one connection, replies by another.

Source: ``packages/microservices/client/client-redis.ts``, ``publish``.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from protocol.carriage import reply_channel
from servers.brokers.shared_replies import SharedReplyWire
from servers.errors import CallError, ConnectError

from .connecting import Connection

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from servers.brokers.letters import Letter
    from servers.client.brokers import Terms

    from .connecting import Settings


class RedisWire(SharedReplyWire):
    """Two connections of a client to a Redis server.

    Args:
        settings: Where the server is.
        terms: What the client gives.
        lost: Called once it is of no use any more.
    """

    def __init__(
        self,
        settings: Settings,
        terms: Terms,
        lost: Callable[[Exception | None], None],
    ) -> None:
        super().__init__(settings.name, terms, lost)
        self._telling = Connection(settings, self._counted, self.end)
        self._hearing = Connection(settings, self._heard, self.end)
        self._published: deque[str | None] = deque()  # whose count is still to come
        self._confirmed: asyncio.Future[None] | None = None
        self._awaited: set[bytes] = set()  # channels that are subscribed to

    async def connect(self) -> None:
        """Connect twice.

        Raises:
            ConnectError: The server cannot be reached, or refuses.
        """
        await self._telling.connect()
        await self._hearing.connect()

    def check_letter(self, letter: Letter) -> None:
        """Refuse nothing: Redis takes any channel, and 512 MB."""

    def reply_channel(self, channel: str) -> str:
        """Return where replies come to requests that go to a channel."""
        return reply_channel(channel)

    async def subscribe(self, channels: list[str]) -> None:
        """Subscribe, and wait until Redis has.

        Raises:
            ConnectError: It refuses, or the connection is lost.
        """
        self._confirmed = self._loop.create_future()
        self._awaited = {channel.encode() for channel in channels}
        await self._hearing.write([("SUBSCRIBE", *channels)])
        await self._confirmed

    async def unsubscribe(self, channels: list[str]) -> None:
        """Hear channels no longer.

        Raises:
            ConnectError: The connection is lost.
        """
        await self._hearing.write([("UNSUBSCRIBE", *channels)])

    async def write(self, letters: list[tuple[Letter, str | None]]) -> None:
        """Publish letters, in their order.

        Raises:
            ConnectError: The connection is lost.
        """
        self._published.extend(identity for _, identity in letters)
        await self._telling.write(
            [("PUBLISH", letter.channel, letter) for letter, _ in letters]
        )

    def _counted(self, said: Any) -> None:  # noqa: ANN401 — of redis-py
        """Take how many have heard what was published."""
        identity = self._published.popleft()
        if identity is None:
            return
        if isinstance(said, Exception):
            self.refuse(identity, CallError(f"{self.peer}: {said}"))
        elif said == 0:
            self.nobody(identity)

    def _heard(self, said: Any) -> None:  # noqa: ANN401 — of redis-py
        """Take what Redis says on the connection that subscribes."""
        if isinstance(said, Exception):
            self._settle_subscription(ConnectError(f"{self.peer}: {said}"))
        elif said[0] == b"message":
            self.settle(said[2])
        elif said[0] == b"subscribe":
            self._awaited.discard(said[1])
            if not self._awaited:
                self._settle_subscription(None)

    def _settle_subscription(self, error: ConnectError | None) -> None:
        confirmed = self._confirmed
        if confirmed is None or confirmed.done():
            return
        if error is None:
            confirmed.set_result(None)
        else:
            confirmed.set_exception(error)

    def end(self, cause: Exception | None) -> None:
        """Tell of the end, once, and fail the calls that wait."""
        self._settle_subscription(ConnectError(f"{self.peer}: {cause}"))
        super().end(cause)

    def abandon(self) -> None:
        """Let go of the sockets: their event loop does not run."""
        self._telling.abandon()
        self._hearing.abandon()

    async def disconnect(self) -> None:
        """Close the connections, if there are any."""
        await self._telling.close()
        await self._hearing.close()
