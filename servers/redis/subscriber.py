"""A service at a Redis server: a subscription for each route.

A reply goes to the channel that the request came by, with ``.reply`` after it, also
where a wildcard matched: Nest 11 replies to the wildcard's, where nobody waits.

Source: ``packages/microservices/server/server-redis.ts``, ``bindEvents``,
``handleMessage`` and ``getPublisher``.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from protocol.carriage import parse_request, reply_channel
from servers.brokers.subscribing import Reply, Subscriber
from servers.errors import ConnectError
from servers.logs import logger_of

from .connecting import Connection
from .messages import RedisMessage

if TYPE_CHECKING:
    import asyncio

    from servers.server.endpoints import Reception

    from .connecting import Settings

logger = logger_of("server")

_REPLIES = reply_channel("")


class RedisSubscriber(Subscriber):
    """A service at a Redis server.

    Args:
        settings: Where the Redis server is.
        reception: What the server of the service gives.
    """

    def __init__(self, settings: Settings, reception: Reception) -> None:
        super().__init__(settings.name, reception)
        self._settings = settings
        self._hearing: Connection | None = None  # a connection that subscribes …
        self._telling: Connection | None = None  # … can do nothing else
        self._confirmed: asyncio.Future[None] | None = None
        self._awaited = 0  # confirmations

    async def connect(self) -> None:
        """Connect twice, and subscribe to the routes.

        Raises:
            ConnectError: The server cannot be reached, or refuses.
        """
        self._telling = Connection(self._settings, self._replied, self.lost)
        self._hearing = Connection(self._settings, self._heard, self.lost)
        await self._telling.connect()
        await self._hearing.connect()
        routes = dict.fromkeys(handler.route for handler in self.reception.routes)
        verb = "PSUBSCRIBE" if self._settings.wildcards else "SUBSCRIBE"
        await self._confirm(verb, *routes)

    async def _confirm(self, verb: str, *channels: str) -> None:
        """Say which channels are of interest, and wait until Redis knows it.

        Raises:
            ConnectError: It refuses, or the connection is lost.
        """
        if not channels or self._hearing is None:
            return
        self._confirmed = self._loop.create_future()
        self._awaited = len(channels)
        await self._hearing.write([(verb, *channels)])
        await self._confirmed

    def _heard(self, said: Any) -> None:  # noqa: ANN401 — of redis-py
        """Take what Redis says on the connection that subscribes."""
        if isinstance(said, Exception):
            self._refused(said)
            return
        kind = said[0]
        if kind == b"message":
            route, channel, body = said[1], said[1], said[2]
        elif kind == b"pmessage":
            route, channel, body = said[1:]
        else:
            self._count_confirmation()
            return
        self._take(route.decode(), channel.decode("utf-8", "backslashreplace"), body)

    def _take(self, route: str, channel: str, body: bytes) -> None:
        """Accept a message, unless a wildcard has matched where replies go."""
        overheard = channel.endswith(_REPLIES) and route != channel
        if overheard and parse_request(body) is None:
            return
        self.accept(route, body, reply_channel(channel), RedisMessage(channel))

    def _count_confirmation(self) -> None:
        self._awaited -= 1
        confirmed = self._confirmed
        if not self._awaited and confirmed is not None and not confirmed.done():
            confirmed.set_result(None)

    def _refused(self, error: Exception) -> None:
        if self._confirmed is not None and not self._confirmed.done():
            self._confirmed.set_exception(ConnectError(f"{self.name}: {error}"))
        else:
            logger.error("%s: %s", self.name, error)

    def _replied(self, said: Any) -> None:  # noqa: ANN401 — of redis-py
        """Take what Redis says of a reply that was published."""
        if isinstance(said, Exception):
            logger.error("%s: a reply was refused: %s", self.name, said)

    def lost(self, cause: BaseException | str | None) -> None:
        """Note that one of the connections is lost."""
        confirmed = self._confirmed
        if confirmed is not None and not confirmed.done():
            confirmed.set_exception(ConnectError(f"{self.name}: {cause}"))
        super().lost(cause)

    async def publish(self, replies: list[Reply]) -> None:
        """Publish replies, in their order.

        Raises:
            ConnectError: The connection is lost.
        """
        assert self._telling is not None
        await self._telling.write(
            [("PUBLISH", each.reply_to or "", body) for each, body in replies]
        )

    async def unsubscribe(self) -> None:
        """Take nothing new; return once all that was taken is accepted."""
        routes = dict.fromkeys(handler.route for handler in self.reception.routes)
        verb = "PUNSUBSCRIBE" if self._settings.wildcards else "UNSUBSCRIBE"
        with suppress(ConnectError):  # then nothing new comes, either
            await self._confirm(verb, *routes)

    async def disconnect(self) -> None:
        """Close the connections, if there are any."""
        connections = (self._hearing, self._telling)
        self._hearing = self._telling = None
        for each in connections:
            if each is not None:
                await each.close()
