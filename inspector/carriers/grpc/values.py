"""What a message says, as it may be shown, and its bytes as they may be written.

By the names of a ``.proto`` file where one describes it, else by the numbers of its
fields. What the file does not have is said: its reader passes over it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from protocol import UNDEFINED, JsonText
from protocol.descriptors import read_known

from .concealing import blank, shown_text
from .fields import read_fields
from .messages import unpacked
from .schemas import written as written_by
from .shapes import shape_of

if TYPE_CHECKING:
    from google.protobuf.message import Message as Kind

    from inspector.carriers.base import Concealment, Side
    from protocol import UndefinedType

    from .calls import Call
    from .messages import Message


class Misfit(NamedTuple):
    """What of a message its ``.proto`` file does not describe.

    Attributes:
        kind: The name of the type that it is by the file.
        fields: The fields that this does not have, by number; empty if the message
            cannot be of the type at all.
    """

    kind: str
    fields: tuple[str, ...] = ()


class Value(NamedTuple):
    """A message.

    Attributes:
        text: As JSON; UNDEFINED of one that is compressed in a way that is not known.
        written: Its bytes as they may be written; None where nothing of them may be.
        misfit: What of it the file does not describe; None where that is nothing.
    """

    text: JsonText | UndefinedType
    written: bytes | None = None
    misfit: Misfit | None = None


def value_of(
    call: Call, side: Side, message: Message, conceal: Concealment | None, *, asks: bool
) -> Value:
    """Return what a message of a side says."""
    data: bytes | None = message.data
    if message.compressed:
        data = unpacked(message.data, call.encodings[side])
    if data is None:
        return Value(UNDEFINED)
    method = call.method
    if method is None:
        return _unnamed(call, side, message, data, conceal)
    kind = method.request if asks else method.reply
    known = read_known(data, kind)
    misfit: Misfit | None = Misfit(
        kind.DESCRIPTOR.full_name, known.unknown if known else ()
    )
    if known is None:
        return _unnamed(call, side, message, data, conceal)._replace(misfit=misfit)
    misfit = misfit if known.unknown else None
    if conceal is None:
        return Value(JsonText(known.text), None, misfit)
    value = _named(message, data, known.text, kind, conceal, complete=misfit is None)
    return value._replace(misfit=misfit)


def _named(  # noqa: PLR0913 — a message, and what is known of it
    message: Message,
    data: bytes,
    text: bytes,
    kind: type[Kind],
    conceal: Concealment,
    *,
    complete: bool,
) -> Value:
    """Return what may be shown of a message whose fields have names."""
    shown = shown_text(text, conceal)
    if message.compressed:
        return Value(JsonText(shown))
    if shown == text and complete:
        return Value(JsonText(shown), data)
    return Value(JsonText(shown), written_by(shown, kind, len(data)))


# decision 172
def _unnamed(
    call: Call,
    side: Side,
    message: Message,
    data: bytes,
    conceal: Concealment | None,
) -> Value:
    """Return what may be shown of a message of which nobody knows what is secret."""
    if conceal is None:
        return Value(JsonText(read_fields(data)))
    shape = shape_of(data) if call.is_proto(side) else None
    hidden = blank(len(data), 0, len(data)) if shape is None else shape
    return Value(JsonText(read_fields(hidden)), None if message.compressed else shape)
