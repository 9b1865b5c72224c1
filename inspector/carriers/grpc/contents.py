"""The content of DATA frames: messages, each with the bytes that it took."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .concealing import shown_content
from .frames import content
from .side import Part
from .values import Value, value_of

if TYPE_CHECKING:
    from inspector.carriers.base import Concealment, Side

    from .calls import Call
    from .frames import Frame


class Piece(NamedTuple):
    """A message that ends in a frame.

    Attributes:
        value: The message.
        part: Its bytes in that frame.
    """

    value: Value
    part: Part


class Content(NamedTuple):
    """What a DATA frame holds.

    Attributes:
        pieces: The messages that end in it.
        rest: What comes after these, or all of it; None where that is nothing.
        empty: Whether there is no content at all.
    """

    pieces: list[Piece]
    rest: Part | None
    empty: bool


def read_content(
    frame: Frame, call: Call, side: Side, conceal: Concealment | None, *, asks: bool
) -> Content:
    """Return the messages of a DATA frame.

    Raises:
        FlawError: They are no messages of gRPC.
    """
    begin, end = content(frame)
    data = frame.data[begin:end]
    shown = _shown(frame, begin, end, call, side, conceal)
    messages = call.assemblers[side].feed(data)
    pieces: list[Piece] = []
    done, low = 0, begin
    for message in messages:
        value = value_of(call, side, message, conceal, asks=asks)
        after = high = begin + message.end
        if message is messages[-1] and message.end == len(data):
            after = len(frame.data)
        part = _part(frame, shown, done, after, low, high)
        pieces.append(Piece(value, part))
        done = low = after
    rest = None
    if done < len(frame.data):
        rest = _part(frame, shown, done, len(frame.data), low, end)
    return Content(pieces, rest, not data)


def _part(  # noqa: PLR0913, PLR0917 — places in a frame
    frame: Frame, shown: bytes, begin: int, end: int, low: int, high: int
) -> Part:
    """Return bytes of a frame, and where in them content is."""
    sent = frame.data[begin:end]
    return Part(frame.begin + begin, sent, shown[begin:end], low - begin, high - begin)


def _shown(  # noqa: PLR0913, PLR0917 — a frame, and whose it is
    frame: Frame,
    begin: int,
    end: int,
    call: Call,
    side: Side,
    conceal: Concealment | None,
) -> bytes:
    """Return a frame as it may be written; nothing where nothing is hidden."""
    if conceal is None:
        return b""
    padding = b"\0" * (len(frame.data) - end)
    shown = shown_content(frame.data[begin:end], call.assemblers[side])
    return frame.data[:begin] + shown + padding
