"""The content of DATA frames: messages, each with the bytes that it took."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .concealing import shown_content
from .frames import content
from .side import Part

if TYPE_CHECKING:
    from inspector.carriers.base import Concealment, Side
    from protocol import JsonText, UndefinedType

    from .calls import Call
    from .frames import Frame
    from .making import Maker


class Piece(NamedTuple):
    """A message that ends in a frame.

    Attributes:
        text: The message, as JSON.
        part: Its bytes in that frame.
    """

    text: JsonText | UndefinedType
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
    frame: Frame, call: Call, side: Side, maker: Maker, *, asks: bool
) -> Content:
    """Return the messages of a DATA frame.

    Raises:
        FlawError: They are no messages of gRPC.
    """
    begin, end = content(frame)
    assembler, data = call.assemblers[side], frame.data[begin:end]
    shown = _shown(frame, begin, end, call, side, maker.conceal)
    earlier = assembler.kept  # bytes of the first message, in frames before it
    messages = assembler.feed(data)
    pieces: list[Piece] = []
    done = 0
    for message in messages:
        text, written = maker.text_of(call, side, message, asks=asks)
        high = begin + message.end
        if written is not None and shown and not (earlier and not pieces):
            shown = _with(shown, written, high)
        if message is messages[-1] and message.end == len(data):
            high = len(frame.data)
        part = Part(frame.begin + done, frame.data[done:high], shown[done:high])
        pieces.append(Piece(text, part))
        done = high
    rest = None
    if done < len(frame.data):
        rest = Part(frame.begin + done, frame.data[done:], shown[done:])
    return Content(pieces, rest, not data)


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


def _with(shown: bytes, message: bytes, end: int) -> bytes:
    """Return a frame with a message that ends at a place."""
    return shown[: end - len(message)] + message + shown[end:]
