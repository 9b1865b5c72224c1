"""A service at Kafka: a group that consumes topics, replies to where callers listen.

Source: ``packages/microservices/server/server-kafka.ts``, ``bindEvents``,
``handleMessage`` and ``sendMessage``.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from contextvars import copy_context
from typing import TYPE_CHECKING, Any

from protocol import dumps
from servers.brokers.subscribing import Reply, Subscriber
from servers.errors import ConnectError
from servers.logs import logger_of
from servers.server.calls import INTERNAL_ERROR
from servers.server.replies import error_body

from .connecting import Link, reason
from .consuming import Consumption
from .handling import Done, Handling
from .replies import Outgoing, reply_record
from .topics import Topics

if TYPE_CHECKING:
    from servers.server.endpoints import Reception

    from .connecting import Settings
    from .lanes import Lane
    from .messages import Consumed
    from .options import Options

logger = logger_of("server")

_AROUND = 1_024  # bytes of a reply besides its value, with room to spare
_FIRST_RETRY = 0.3  # seconds until a message is handled again; kafkajs, ``retry``
_FACTOR = 2


class KafkaSubscriber(Subscriber):
    """A service at Kafka.

    Args:
        settings: Where the brokers are, and the group of the service.
        reception: What the server of the service gives.
    """

    def __init__(self, settings: Settings, reception: Reception) -> None:
        super().__init__(settings.name, reception)
        self._settings = settings
        self._link: Link | None = None
        self._consumption: Consumption | None = None
        self._context = copy_context()  # that no handler has changed
        self._pumped: Lane | None = None
        self._follower: asyncio.Task[None] | None = None
        self._topics = Topics(each.route for each in reception.routes)

    @property
    def options(self) -> Options:
        """How Kafka is used."""
        return self._settings.options

    @property
    def patience(self) -> float:
        """Seconds that connecting may take: a group takes its time."""
        return self.reception.limits.connect + self.options.join

    async def connect(self) -> None:
        """Connect, and wait for partitions of the topics.

        Raises:
            ConnectError: No broker can be reached, or it refuses.
        """
        if self._link is not None and self._consumption is not None:
            await self._come_back(self._link, self._consumption)
            return
        if self._topics.unreachable and not self.number:
            logger.warning(
                "%s: no topic can be named so, so these are not reached: %s",
                self.name,
                ", ".join(map(repr, self._topics.unreachable)),
            )
        self._link = link = Link(self._settings, self.options.suffix, self.lost)
        await link.open()
        for topic in self._topics.names:
            if not await link.partitions(topic, create=True):
                raise ConnectError(
                    f"{self.name}: there is no topic {topic!r}, and the brokers make "
                    "none by themselves: see partitions"
                )
        if self._topics.names or self._topics.expressions:
            self._consumption = Consumption(self._settings, self._topics, self)
            await self._consumption.begin(link)

    async def _come_back(self, link: Link, consumption: Consumption) -> None:
        """Go on where the brokers were lost: the group may still know us.

        Raises:
            ConnectError: They are not back yet, or the group has not let us in.
        """
        if not await link.answers():
            raise ConnectError(f"cannot connect to {self.name}: no broker answers")
        await consumption.resumed()

    # What the consumption tells.

    def spoilt(self, error: Exception) -> None:
        """Note that consuming has failed for good: it begins anew."""
        self._consumption = None
        self.lost(reason(error))

    def pump(self, lane: Lane) -> None:
        """Handle what waits in a partition, as far as it may."""
        self._pumped = lane
        try:
            while lane.ready and not self.crowded and not self._closing:
                self._handle(lane, lane.begin())
        finally:
            self._pumped = None
        if lane.ready and self._follower is None and not self._closing:
            self._follower = self._loop.create_task(self._catch_up())
        if self._consumption is not None:
            self._consumption.relieve(lane)

    async def _catch_up(self) -> None:
        """Handle what waits, once there is room."""
        try:
            await self.room()
        finally:
            self._follower = None
        if self._consumption is not None:
            for lane in self._consumption.lanes:
                self.pump(lane)

    def _handle(self, lane: Lane, record: Consumed) -> None:
        hooks = self.reception.hooks
        if hooks is not None:
            hooks.packets_received("server", 1)
            hooks.bytes_received("server", len(record.value or b""))
        self._deliver(Handling(self, lane, record))

    def _deliver(self, handling: Handling) -> None:
        topic = handling.record.topic
        route = self._topics.find(topic)
        overheard = self._topics.overhears(topic) and handling.reply_to is None
        if route is not None and not overheard:
            self.reception.desk.receive_for(route, handling.packet(), handling)
        handling.ended("completed")

    # What messages ask for.

    def turn_over(self, lane: Lane) -> None:
        """Note that the next message of a partition may begin."""
        if self._pumped is not lane and lane.ready:
            self._loop.call_soon(self.pump, lane, context=self._context)

    def again(self, handling: Handling) -> None:
        """Handle a message once more, some time from now."""
        self.start(self._later(handling))

    async def _later(self, earlier: Handling) -> None:
        await asyncio.sleep(_FIRST_RETRY * _FACTOR**earlier.attempt)
        attempt = earlier.attempt + 1
        handling = Handling(self, earlier.lane, earlier.record, attempt)
        handling.take_turn_from(earlier)
        self._deliver(handling)

    async def publish(self, replies: list[Reply]) -> None:
        """Publish replies, and note which messages are done after that.

        Raises:
            ConnectError: The connection is lost.
        """
        sent: list[asyncio.Future[Any]] = []
        try:
            for respondent, body in replies:
                assert isinstance(respondent, Handling)
                if not isinstance(body, Done):
                    await self._send(respondent, body, sent)
            await self._arrived(sent)
        finally:
            for respondent, body in replies:
                if isinstance(body, Done) and isinstance(respondent, Handling):
                    respondent.lane.finish(respondent.record.offset)
            if self._consumption is not None:
                self._consumption.commit_soon()

    async def _send(
        self, handling: Handling, body: bytes, sent: list[asyncio.Future[Any]]
    ) -> None:
        """Send a reply, if there is where to.

        Raises:
            ConnectError: The connection is lost.
        """
        link, topic = self._link, handling.reply_to
        assert link is not None
        assert topic is not None
        partitions = await link.partitions(topic, create=False)
        partition = handling.reply_partition
        if not partitions or (partition is not None and partition not in partitions):
            logger.warning(
                "%s: a reply goes nowhere: there is no partition %s of %.80r",
                self.name,
                "" if partition is None else partition,
                topic,
            )
            return
        sent.append(await link.send(self._record(handling, body, topic)))

    def _record(self, handling: Handling, body: bytes, topic: str) -> Outgoing:
        """Return the record of a reply; an error for one that would be refused."""
        correlation, partition = handling.correlation or b"", handling.reply_partition
        outgoing = reply_record(body, correlation, topic, partition)
        size = sum(len(value) for _, value in outgoing.headers)
        if len(outgoing.value or b"") + size + _AROUND <= self.options.largest:
            return outgoing
        logger.error(
            "%s: a reply of %d bytes is above the largest of %d",
            self.name,
            len(body),
            self.options.largest,
        )
        error = error_body(INTERNAL_ERROR, dumps(handling.identity))
        return reply_record(error, correlation, topic, partition)

    async def _arrived(self, sent: list[asyncio.Future[Any]]) -> None:
        """Wait until the brokers have replies; log what they refuse."""
        for error in await asyncio.gather(*sent, return_exceptions=True):
            if isinstance(error, Exception):
                logger.error("%s: a reply is lost: %s", self.name, reason(error))

    # What ends it.

    async def unsubscribe(self) -> None:
        """Take nothing new; what waits is delivered to others."""
        if self._consumption is not None:
            await self._consumption.hold()

    def cancel(self) -> None:
        """Cancel the messages and events in flight."""
        if self._follower is not None:
            self._follower.cancel()
        super().cancel()

    async def disconnect(self) -> None:
        """Close the connections, if they are of no use any more.

        Where the brokers are lost for a time, they are kept: who consumes finds them
        again, and its group may have kept its partitions for it.
        """
        if self._consumption is not None and self.number and not self._closing:
            return
        consumption, self._consumption = self._consumption, None
        link, self._link = self._link, None
        if consumption is not None:
            with suppress(ConnectError, TimeoutError):
                await consumption.end()
        if link is not None:
            await link.close()
