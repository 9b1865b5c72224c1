"""One message of Kafka: the way back of its replies, and when it is done.

=============  ====================================================================
``ack``        the message is done
=============  ====================================================================
``"after"``    once its handlers have ended, and the brokers have its replies
``"none"``     as it is taken
``"manual"``   when a handler says so; what has no handler is done at once
=============  ====================================================================

Its turn is over when its handlers have ended, or when the first reply is sent, as in
Nest: the next message of the partition does not wait for all of a stream.

Source: ``packages/microservices/server/server-kafka.ts``, ``handleMessage`` and
``combineStreamsAndThrowIfRetriable``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from protocol import UNDEFINED, Event, Json, Request
from servers.brokers.ends import Ends
from servers.brokers.respondents import MessageRespondent, Source

from .messages import CORRELATION, REPLY_PARTITION, REPLY_TOPIC, message_of
from .values import read

if TYPE_CHECKING:
    from servers.hooks import Hooks, Outcome

    from .lanes import Lane
    from .messages import Consumed
    from .options import Options


_DIGITS = 9  # of the number of a partition, at most


class Done(bytes):
    """What stands among the replies once a message is done."""


class KafkaSource(Source, Protocol):
    """What receives messages, and knows how far it is."""

    @property
    def options(self) -> Options:
        """How Kafka is used."""

    def turn_over(self, lane: Lane) -> None:
        """Note that the next message of a partition may begin."""

    def again(self, handling: Handling) -> None:
        """Handle a message once more, some time from now."""


class Handling(MessageRespondent):
    """A message that is handled.

    Args:
        source: What received it.
        lane: The partition that it is of.
        record: The message.
        attempt: How often it was handled before.

    Attributes:
        lane: The partition.
        record: The message.
        attempt: How often it was handled before.
    """

    __slots__ = (
        "_again",
        "_answered",
        "_cancelled",
        "_failed",
        "_hooks",
        "_in_turn",
        "_running",
        "_settled",
        "attempt",
        "correlation",
        "lane",
        "record",
        "reply_partition",
    )
    _source: KafkaSource

    def __init__(
        self, source: KafkaSource, lane: Lane, record: Consumed, attempt: int = 0
    ) -> None:
        by_hand = source.options.ack == "manual"
        carrier = message_of(record, attempt, self.settle if by_hand else None)
        headers = dict(record.headers)
        self.correlation = headers.get(CORRELATION)
        topic = headers.get(REPLY_TOPIC)
        asked = bool(self.correlation) and bool(topic)
        identity: Json = UNDEFINED
        if asked and self.correlation is not None:
            identity = self.correlation.decode(errors="replace")
        to = topic.decode(errors="replace") if asked and topic else None
        super().__init__(source, identity, to, carrier)
        self.reply_partition = _number(headers.get(REPLY_PARTITION))
        self.lane, self.record, self.attempt = lane, record, attempt
        self._hooks: Hooks = Ends(self, source.reception.hooks)
        self._running = 1  # handlers, and whoever looks for them
        self._in_turn = True
        self._settled = self._failed = self._cancelled = False
        self._answered = self._again = False
        if source.options.ack == "none":
            self._finish()

    @property
    def hooks(self) -> Hooks | None:
        """Callbacks for calls, by which their ends are learnt, too."""
        return self._hooks

    def packet(self) -> Request | Event:
        """Return the message as a packet, whose pattern is the topic."""
        record = self.record
        data = read(record.value, self._source.options)
        if self.reply_to is None:
            return Event(record.topic, data)
        return Request(record.topic, self.identity, data)

    def send(self, body: bytes) -> None:
        """Send a reply, if the caller waits for one."""
        super().send(body)
        self._answered = True
        self._pass_turn()

    def retry(self) -> bool:
        """Whether the message is handled again, since its handler asks for that.

        It is not if a reply was sent, or if that was done often enough.
        """
        options = self._source.options
        able = options.ack == "after" and not self._answered
        self._again = able and self.attempt < options.retries
        return self._again

    def unhandled(self, event: Event) -> None:
        """Report an event that has no handler."""
        self._running += 1
        super().unhandled(event)
        self.ended("no_handler")

    def begun(self) -> None:
        """Note a handler that begins."""
        self._running += 1

    def ended(self, outcome: Outcome) -> None:
        """Note that a handler has ended, or that all of them have begun."""
        self._running -= 1
        self._cancelled |= outcome == "cancelled"
        self._failed |= outcome not in ("completed", "no_handler")
        if outcome == "no_handler":
            self._finish()
        if not self._running:
            self._conclude()

    def settle(self, verdict: str) -> bool:
        """Be done with the message, once; return whether it was to be.

        Args:
            verdict: ``ack``, or ``retry``.
        """
        if self._settled or self._again:
            return False
        if verdict == "retry" and self.attempt < self._source.options.retries:
            self._again = True
            if not self._running:
                self._conclude()
        else:
            self._finish()
        return True

    def _conclude(self) -> None:
        """Go on after all handlers: with the next message, or with this one again."""
        options = self._source.options
        if options.failed == "retry" and self._failed and not self._answered:
            self.retry()
        if self._cancelled:  # with the service: it is delivered to somebody else
            return
        if self._again:
            self._source.again(self)
            return
        if options.ack == "after":
            self._finish()
        self._pass_turn()

    def _finish(self) -> None:
        if not self._settled:
            self._settled = True
            self._source.publisher.put((self, Done()), 0)

    def _pass_turn(self) -> None:
        if self._in_turn:
            self._in_turn = False
            self.lane.pass_turn()
            self._source.turn_over(self.lane)

    def take_turn_from(self, earlier: Handling) -> None:
        """Go on in the turn of an earlier attempt, if that is not over."""
        self._in_turn = earlier._in_turn


def _number(written: bytes | None) -> int | None:
    """Return the number of a partition; None where it is none."""
    text = (written or b"").decode(errors="replace")
    return int(text) if text.isdecimal() and len(text) <= _DIGITS else None
