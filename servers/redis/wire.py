"""A client at a Redis server: requests by one connection, replies by another.

Source: ``packages/microservices/client/client-redis.ts``, ``publish``.
"""

from __future__ import annotations

from collections import ChainMap, deque
from typing import TYPE_CHECKING, Any

from protocol.carriage import reply_channel
from servers.brokers.channels import LINGER, Channels
from servers.brokers.wires import BrokerWire
from servers.client.packets import CHANCE_DIGITS
from servers.errors import CallError, ConnectError

from .connecting import Connection

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from servers.brokers.letters import Letter
    from servers.client.brokers import Terms

    from .connecting import Settings


class RedisWire(BrokerWire):
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
        self._channels = Channels()
        self._published: deque[str | None] = deque()  # whose count is still to come
        self._confirmed: asyncio.Future[None] | None = None
        self._awaited: set[bytes] = set()  # channels that are subscribed to
        self._timer: asyncio.TimerHandle | None = None
        self._beginning = ""  # of the ids of all calls

    async def connect(self) -> None:
        """Connect twice.

        Raises:
            ConnectError: The server cannot be reached, or refuses.
        """
        await self._telling.connect()
        await self._hearing.connect()

    def check_letter(self, letter: Letter) -> None:
        """Refuse nothing: Redis takes any channel, and 512 MB."""

    def is_mine(self, identity: str) -> bool:
        """Whether an id is of a call made here: all clients hear all replies."""
        return identity.startswith(self._beginning)

    async def publish(self, letters: list[tuple[Letter, str | None]]) -> None:
        """Publish letters, in their order, once their replies would be heard."""
        now = self._loop.time()
        wanted = [
            (reply_channel(letter.channel), identity)
            for letter, identity in letters
            if identity is not None
        ]
        new = self._channels.new(channel for channel, _ in wanted)
        for channel, identity in wanted:
            self._channels.use(channel, identity, now)
            self._beginning = self._beginning or identity[:CHANCE_DIGITS]
        self._channels.prune(self._pending, self.pending)
        try:
            if new:
                await self._subscribe(new)
            self._published.extend(identity for _, identity in letters)
            await self._telling.write(
                [("PUBLISH", letter.channel, letter) for letter, _ in letters]
            )
        except ConnectError as error:
            self.end(error)

    @property
    def _pending(self) -> ChainMap[str, Any]:
        return ChainMap(self.asked, self.calls)

    async def _subscribe(self, channels: list[str]) -> None:
        """Subscribe, and wait until Redis has.

        Raises:
            ConnectError: It refuses, or the connection is lost.
        """
        self._confirmed = self._loop.create_future()
        self._awaited = {channel.encode() for channel in channels}
        await self._hearing.write([("SUBSCRIBE", *channels)])
        await self._confirmed
        if self._timer is None:
            self._timer = self._loop.call_later(LINGER, self._leave_idle)

    def _leave_idle(self) -> None:
        """Hear no longer what no call waits for."""
        self._timer = None
        if not self.usable:
            return
        idle = self._channels.idle(self._pending, self._loop.time() - LINGER)
        if idle:
            self._leaving = self._loop.create_task(self._unsubscribe(idle))
        if self._channels:
            self._timer = self._loop.call_later(LINGER, self._leave_idle)

    async def _unsubscribe(self, channels: list[str]) -> None:
        try:
            await self._hearing.write([("UNSUBSCRIBE", *channels)])
        except ConnectError as error:
            self.end(error)

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
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        super().end(cause)

    def abandon(self) -> None:
        """Let go of the sockets: their event loop does not run."""
        self._telling.abandon()
        self._hearing.abandon()

    async def disconnect(self) -> None:
        """Close the connections, if there are any."""
        await self._telling.close()
        await self._hearing.close()
