"""What Kafka says of a message besides its value, and payloads with more beside them.

Source: ``packages/microservices/ctx-host/kafka.context.ts``; kafkajs, ``Message``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence  # noqa: TC003 — msgspec reads the fields
from typing import Any, Protocol

from servers.deliveries import Delivery
from servers.errors import UsageError
from servers.records import Record

from .values import utf8, value_of

CORRELATION = "kafka_correlationId"
REPLY_TOPIC = "kafka_replyTopic"
REPLY_PARTITION = "kafka_replyPartition"
ERROR = "kafka_nest-err"
DISPOSED = "kafka_nest-is-disposed"
"""Source: ``packages/microservices/enums/kafka-headers.enum.ts``."""
OWN = frozenset((CORRELATION, REPLY_TOPIC, REPLY_PARTITION, ERROR, DISPOSED))
"""The headers by which Nest joins requests and replies."""

_SHOWN = ("channel", "headers", "key", "partition", "offset", "timestamp", "attempt")


class Consumed(Protocol):
    """A record as aiokafka gives it."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


class KafkaMessage(Delivery, frozen=True):
    """A message as it was delivered: the ``carrier`` of a context.

    Attributes:
        channel: The topic, also where an expression matched it.
        headers: What the caller sent, as text; Nest's own are in `raw_headers`.
        key: By which it was given its partition; None for no key.
        partition: The part of the topic that it is in.
        offset: Its number in that partition.
        timestamp: When it was sent, in milliseconds since 1970.
        attempt: How often it was handled before here, since a handler asked for that.
        raw_headers: All headers, in their order.
    """

    key: bytes | None = None
    partition: int = 0
    offset: int = 0
    timestamp: int = 0
    attempt: int = 0
    raw_headers: Sequence[tuple[str, bytes]] = ()
    settle: Callable[[str], bool] | None = None

    def __repr__(self) -> str:
        """Return what the broker says of the message, not how that is kept here."""
        said = ", ".join(f"{name}={getattr(self, name)!r}" for name in _SHOWN)
        return f"{type(self).__name__}({said})"

    @property
    def topic(self) -> str:
        """The topic that it was sent to."""
        return self.channel

    def ack(self) -> None:
        """Be done with the message.

        Raises:
            UsageError: The service does not acknowledge by hand, or has done so.
        """
        self._settle("ack")

    def nack(self, *, requeue: bool = False) -> None:
        """Refuse the message.

        Args:
            requeue: Whether it is handled again, up to ``retries`` times; or else it is
                done: Kafka has no place for what is refused.

        Raises:
            UsageError: The service does not acknowledge by hand, or has done so.
        """
        self._settle("retry" if requeue else "ack")

    def _settle(self, verdict: str) -> None:
        if self.settle is None:
            raise UsageError('messages are acknowledged by hand with ack="manual"')
        if not self.settle(verdict):
            raise UsageError("the message was acknowledged or refused before")


class KafkaRecord(Record, frozen=True):
    """A payload to be sent over Kafka.

    Attributes:
        data: The payload.
        headers: In place of the client's own of the same names.
        key: Messages of one key are in one partition, in their order; text, bytes or
            what JSON holds, as in Nest.
        partition: Instead of what the key says.
    """

    key: Any = None
    partition: int | None = None


def message_of(
    record: Consumed, attempt: int, settle: Callable[[str], bool] | None
) -> KafkaMessage:
    """Return what is said of a record."""
    return KafkaMessage(
        channel=record.topic,
        headers={
            name: (value or b"").decode(errors="replace")
            for name, value in record.headers
            if name not in OWN
        },
        key=record.key,
        partition=record.partition,
        offset=record.offset,
        timestamp=record.timestamp,
        attempt=attempt,
        raw_headers=tuple(record.headers),
        settle=settle,
    )


def raw_headers(headers: dict[str, str]) -> list[tuple[str, bytes]]:
    """Return headers as records have them.

    Raises:
        EncodeError: One of them is not text.
    """
    return [(name, utf8(value)) for name, value in headers.items()]


def raw_key(record: Record | None) -> bytes | None:
    """Return the key of a payload; None for no key.

    Raises:
        EncodeError: JSON cannot hold it.
    """
    return value_of(record.key) if isinstance(record, KafkaRecord) else None


def partition_of(record: Record | None) -> int | None:
    """Return the partition that a payload names; None for none."""
    return record.partition if isinstance(record, KafkaRecord) else None
