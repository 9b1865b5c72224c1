"""A client at Kafka: requests to topics, replies by ``topic.reply``.

A client of Nest joins a group to get a partition of each topic of replies to itself:
that takes seconds, again with every client that comes or goes, and allows no more
clients than there are partitions. This one joins none: it reads one partition, from its
end on, and finds its own replies by their ids.

Source: ``packages/microservices/client/client-kafka.ts``, ``publish``,
``dispatchEvent`` and ``createResponseCallback``.
"""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING, Any, cast

from protocol import EncodeError
from servers.brokers.confirming import ConfirmedWire
from servers.brokers.shared_replies import SharedReplyWire
from servers.errors import CallError, ConnectError, NoHandlerError, PatternError
from servers.logs import logger_of

from .connecting import Link, reason
from .messages import (
    CORRELATION,
    REPLY_PARTITION,
    REPLY_TOPIC,
    partition_of,
    raw_headers,
    raw_key,
)
from .replies import Outgoing, reply_in
from .topics import is_legal, reply_topic

if TYPE_CHECKING:
    from collections.abc import Callable

    from servers.brokers.letters import Letter
    from servers.client.brokers import Terms

    from .connecting import Settings
    from .letters import KafkaLetter

logger = logger_of("client")

_AROUND = 512  # bytes of a record besides what a letter has, with room to spare
_POLL = 1_000  # milliseconds until it is looked again whether to go on
_WAIT = 0.1  # seconds that a broker may hold back what the next topic waits for
_FEW = 1_000  # calls that had a value, and are over, are forgotten above this number
_SUFFIX = "-client"


# decision 162: A client at Kafka joins no group
class KafkaWire(SharedReplyWire, ConfirmedWire):
    """The connections of a client to Kafka.

    Args:
        settings: Where the brokers are, and how they are used.
        terms: What the client gives.
        lost: Called once they are of no use any more.
    """

    def __init__(
        self,
        settings: Settings,
        terms: Terms,
        lost: Callable[[Exception | None], None],
    ) -> None:
        super().__init__(settings.name, terms, lost)
        self._settings = settings
        self._options = settings.options
        self._link = Link(settings, _SUFFIX, self.end)
        self._consumer: Any = None  # of aiokafka, which has no types
        self._listener: asyncio.Task[None] | None = None
        self._heard: dict[str, int] = {}  # topics of replies to their partitions
        self._begun: set[str] = set()  # the ids of calls that had a value
        self._chosen = random.randrange(1 << 16)  # noqa: S311 — spreads clients
        self._sent = 0
        self._unheard = 0

    async def connect(self) -> None:
        """Connect.

        Raises:
            ConnectError: No broker can be reached, or it refuses.
        """
        await self._link.open()
        wait = min(_WAIT, self._options.wait)
        self._consumer = await self._link.consume(
            _SUFFIX,
            auto_offset_reset="latest",
            fetch_max_wait_ms=round(wait * 1_000),
        )

    def check_letter(self, letter: Letter) -> None:
        """Refuse what the brokers cannot carry.

        Raises:
            PatternError: There can be no topic of that name.
            EncodeError: It is too large, or what is around it cannot be sent.
        """
        if not is_legal(letter.channel):
            raise PatternError(
                f"{letter.channel[:80]!r} is not a topic of Kafka: one has letters, "
                "digits, '.', '_' and '-', and at most 249 of them"
            )
        outgoing = self._outgoing(letter, None)
        size = len(letter) + len(outgoing.key or b"") + _AROUND
        size += sum(len(name) + len(value) for name, value in outgoing.headers)
        if size > self._options.largest:
            raise EncodeError(
                f"{len(letter):,} bytes are more than one message may have: "
                f"{self._options.largest:,} (largest)"
            )

    def reply_channel(self, channel: str) -> str:
        """Return where replies come to requests that go to a topic."""
        return reply_topic(channel)

    async def publish(self, letters: list[tuple[Letter, str | None]]) -> None:
        """Publish letters, in their order, once their replies would be heard."""
        try:
            known = [each for each in letters if await self._exists(*each)]
        except ConnectError as error:
            self.end(error)
        else:
            await super().publish(known)

    # decision 140
    async def _exists(self, letter: Letter, identity: str | None) -> bool:
        """Whether there is a topic for a letter; fail a call that has none.

        A client of Nest makes the topic, and waits for ever. An event is for whoever
        reads the topic some time, so it is made.

        Raises:
            ConnectError: No broker answers.
        """
        topic = letter.channel
        partitions = await self._link.partitions(topic, create=identity is None)
        wanted = partition_of(letter.record)
        if partitions and (wanted is None or wanted in partitions):
            return True
        if identity is None:
            self._lose(f"an event: there is no topic {topic!r}")
        elif partitions:
            self.refuse(identity, CallError(f"{topic!r} has no partition {wanted}"))
        else:
            self.nobody(identity)
        return False

    def nobody(self, identity: str) -> None:
        """Fail a call since there is no topic, so nobody is subscribed to it."""
        self.refuse(identity, NoHandlerError("nobody is subscribed"))

    def _lose(self, what: str) -> None:
        """Log what is lost: the 1st, 2nd, 4th, 8th of them."""
        self._unheard += 1
        if self._unheard & (self._unheard - 1) == 0:
            logger.warning("%s: %s (%d such so far)", self.peer, what, self._unheard)

    # Where replies come.

    async def subscribe(self, channels: list[str]) -> None:
        """Read a partition of topics of replies, from its end on.

        Raises:
            ConnectError: No broker answers.
        """
        for topic in channels:
            partitions = await self._link.partitions(topic, create=True)
            if partitions:
                self._heard[topic] = partitions[self._chosen % len(partitions)]
        await self._read([topic for topic in channels if topic in self._heard])

    async def unsubscribe(self, channels: list[str]) -> None:
        """Read topics no longer.

        Raises:
            ConnectError: No broker answers.
        """
        for topic in channels:
            self._heard.pop(topic, None)
        await self._read([])

    async def _read(self, new: list[str]) -> None:
        """Read what is heard now, the old where it was, the new from the end.

        Raises:
            ConnectError: No broker answers.
        """
        from aiokafka import TopicPartition  # noqa: PLC0415 — an extra
        from aiokafka.errors import KafkaError  # noqa: PLC0415

        consumer, fresh = self._consumer, {*new}
        if not self._heard:
            return  # aiokafka cannot read nothing; the last topic is read on
        try:
            wanted = [TopicPartition(*each) for each in self._heard.items()]
            old = consumer.assignment()
            kept = [each for each in wanted if each in old and each.topic not in fresh]
            where = [(each, await consumer.position(each)) for each in kept]
            consumer.assign(wanted)
            for each, position in where:
                consumer.seek(each, position)
            for each in wanted:
                await consumer.position(each)  # of the new ones, the end
        except KafkaError as error:
            raise ConnectError(f"{self.peer}: {reason(error)}") from error
        if self._listener is None:
            self._listener = self._loop.create_task(self._listen())

    async def _listen(self) -> None:
        from aiokafka.errors import ConsumerStoppedError, KafkaError  # noqa: PLC0415

        try:
            while True:
                taken = await self._consumer.getmany(timeout_ms=_POLL)
                for records in taken.values():
                    for record in records:
                        self._take(record)
        except ConsumerStoppedError:
            pass
        except KafkaError as error:
            self.end(ConnectError(reason(error)))

    def _take(self, record: Any) -> None:  # noqa: ANN401 — of aiokafka
        reply = reply_in(record, self._begun, self._options)
        if reply is None or not self.is_mine(reply.identity):
            return
        if reply.last:
            self._begun.discard(reply.identity)
        elif reply.identity in self._pending:
            self._begun.add(reply.identity)
            if len(self._begun) > _FEW + self.pending:
                self._begun.intersection_update(self._pending)
        self.settle(reply.body, reply.identity)

    # What is sent.

    async def write(self, letters: list[tuple[Letter, str | None]]) -> None:
        """Publish letters, in their order.

        Raises:
            ConnectError: No broker answers.
        """
        for letter, identity in letters:
            if identity is not None and self.reply_channel(letter.channel) not in (
                self._heard
            ):
                topic = self.reply_channel(letter.channel)
                why = f"there is no topic {topic!r} for the replies"
                self.refuse(identity, CallError(why))
                continue
            sent = await self._link.send(self._outgoing(letter, identity))
            self._sent += 1
            self.unconfirmed[self._sent] = identity
            sent.add_done_callback(self._noting(self._sent))

    def _outgoing(self, letter: Letter, identity: str | None) -> Outgoing:
        """Return the record of a letter.

        Raises:
            EncodeError: What is around it cannot be sent.
        """
        record = letter.record
        own = {} if record is None else dict(record.headers)
        try:
            headers = raw_headers({**self._options.headers, **own})
        except (AttributeError, TypeError) as error:
            raise EncodeError("a header of Kafka is a text of a name") from error
        if identity is not None:
            topic = self.reply_channel(letter.channel)
            headers += (
                (CORRELATION, identity.encode()),
                (REPLY_TOPIC, topic.encode()),
                (REPLY_PARTITION, b"%d" % self._heard[topic]),
            )
        value = None if cast("KafkaLetter", letter).is_null else bytes(letter)
        to = partition_of(record)
        return Outgoing(letter.channel, value, headers, raw_key(record), to)

    def _noting(self, count: int) -> Callable[[asyncio.Future[Any]], None]:
        return lambda sent: self._confirmed(count, sent)

    def _confirmed(self, count: int, sent: asyncio.Future[Any]) -> None:
        """Note what the brokers have; fail what they refuse."""
        error = None if sent.cancelled() else sent.exception()
        if count not in self.unconfirmed:
            return
        identity = self.unconfirmed.pop(count)
        if error is not None:
            why = f"the brokers refused the message: {reason(error)}"
            if identity is None:
                self._lose(f"an event: {why}")
            else:
                self.refuse(identity, CallError(why))
        self.note_confirmed()

    def abandon(self) -> None:
        """Let go of the sockets: their event loop does not run."""
        self._link.abandon()

    async def disconnect(self) -> None:
        """Close the connections, if there are any."""
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.cancel()
            await asyncio.wait([listener])
        await self._link.close()
