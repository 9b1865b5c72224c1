"""Bodies, with what a broker needs besides: where to, and which headers.

The caller makes bodies and gives them to a wire, whatever carries them. A letter is a
body that knows more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.carriage import channel_of
from servers.client.packets import Bodies, plain_event_body, request_body
from servers.records import Record

if TYPE_CHECKING:
    from protocol import Json


class Letter(bytes):
    """The body of a packet.

    Attributes:
        channel: Where it goes to: the subject, topic or channel of its pattern.
        record: What the caller has put around the data; None for nothing.
    """

    channel: str
    record: Record | None


def request_letter(pattern: Json, data: Json, metadata: Json, identity: str) -> Letter:
    """Return a request.

    Raises:
        InvalidMessageError: The pattern or the data is None or UNDEFINED.
        PatternError: The pattern is not a pattern.
        EncodeError: JSON cannot hold the data.
    """
    record = data if isinstance(data, Record) else None
    inner = data if record is None else record.data
    letter = Letter(request_body(pattern, inner, metadata, identity))
    letter.channel, letter.record = channel_of(pattern), record
    return letter


def event_letter(pattern: Json, data: Json, metadata: Json) -> Letter:
    """Return an event.

    Raises:
        InvalidMessageError: The pattern or the data is None or UNDEFINED.
        PatternError: The pattern is not a pattern.
        EncodeError: JSON cannot hold the data.
    """
    record = data if isinstance(data, Record) else None
    inner = data if record is None else record.data
    letter = Letter(plain_event_body(pattern, inner, metadata))
    letter.channel, letter.record = channel_of(pattern), record
    return letter


LETTERS = Bodies(request_letter, event_letter)
