"""What a client sends: the data alone, for Kafka carries neither patterns nor metadata.

The topic says what the pattern was, and a header which request it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol import UNDEFINED
from protocol.carriage import channel_of
from servers.brokers.letters import Letter
from servers.client.packets import Bodies, checked_pattern
from servers.errors import InvalidMessageError
from servers.records import Record

from .values import value_of

if TYPE_CHECKING:
    from protocol import Json


class KafkaLetter(Letter):
    """The value of a record.

    Attributes:
        is_null: Whether there is no value, other than an empty one.
    """

    is_null: bool


def request_letter(
    pattern: Json, data: Json, metadata: Json, identity: str
) -> KafkaLetter:
    """Return a request.

    Raises:
        InvalidMessageError: The pattern or the data is None or UNDEFINED.
        PatternError: The pattern is not a pattern.
        EncodeError: JSON cannot hold the data.
    """
    del identity  # which is a header
    return event_letter(pattern, data, metadata)


def event_letter(pattern: Json, data: Json, metadata: Json) -> KafkaLetter:
    """Return an event.

    Raises:
        InvalidMessageError: The pattern or the data is None or UNDEFINED.
        PatternError: The pattern is not a pattern.
        EncodeError: JSON cannot hold the data.
    """
    del metadata  # which Nest's serializer drops, too
    record = data if isinstance(data, Record) else None
    inner = data if record is None else record.data
    if inner is UNDEFINED or (inner is None and record is None):
        raise InvalidMessageError
    value = value_of(inner)
    letter = KafkaLetter(value or b"")
    letter.channel, letter.record = channel_of(checked_pattern(pattern)), record
    letter.is_null = value is None
    return letter


LETTERS = Bodies(request_letter, event_letter)
