"""One side of a connection: its bytes until they make a unit.

::

    bytes ─► Frame ─► Group: header block, and the DATA frames right after it
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from .frames import HEAD, PREFACE, Frame, read_head
from .headers import Fields, HeaderReader

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Part(NamedTuple):
    """Bytes of a unit.

    Attributes:
        begin: Their place.
        sent: The bytes.
        shown: The same as they may be written.
        low: Where in them content of messages begins …
        high: … and ends.
    """

    begin: int
    sent: bytes
    shown: bytes
    low: int = 0
    high: int = 0

    @property
    def end(self) -> int:
        """The place after them."""
        return self.begin + len(self.sent)


def with_message(parts: Sequence[Part], message: bytes | None) -> list[Part]:
    """Return the bytes of a message with what may be written of it instead.

    Args:
        parts: All in which it may be; it ends with the content of the last.
        message: What may be written; None for no more than they have already.
    """
    written = list(parts)
    sizes = [part.high - part.low for part in parts]
    if message is None or sum(sizes) < len(message):
        return written
    left = len(message)
    for number in range(len(parts) - 1, -1, -1):
        part, size = parts[number], min(sizes[number], left)
        own = message[left - size : left]
        shown = part.shown[: part.high - size] + own + part.shown[part.high :]
        written[number] = part._replace(shown=shown)
        left -= size
    return written


class HeaderBlock(NamedTuple):
    """A header block that is whole.

    Attributes:
        stream: Whose it is.
        ends: Whether its sender sends nothing more on that.
        fields: What it says.
        part: Its bytes.
    """

    stream: int
    ends: bool
    fields: Fields
    part: Part

    @property
    def said(self) -> Mapping[str, str]:
        """Name → value; of several of a name all, joined."""
        return self.fields.said


class Group(msgspec.Struct, gc=False):
    """Frames of a stream that follow each other and have no whole message yet.

    Attributes:
        stream: Whose they are.
        block: The header block that they begin with, if they do.
        parts: The content after it.
    """

    stream: int
    block: HeaderBlock | None = None
    parts: list[Part] = msgspec.field(default_factory=list)

    @property
    def begin(self) -> int:
        """The place of their first byte."""
        return self.parts[0].begin if self.block is None else self.block.part.begin


class Side:
    """The bytes of one side.

    Attributes:
        received: How many came.
        headers: Reads its header blocks.
        block: Frames of a header block that is not whole.
        group: What is held until it is known what comes right after it.
        rest: Whether nothing that comes is read.
    """

    def __init__(self) -> None:
        self.received = 0
        self.headers = HeaderReader()
        self.block: list[Frame] = []
        self.group: Group | None = None
        self.rest = False
        self._raw = bytearray()
        self._place = 0  # in these, of the frame that is read next
        self._begun = False

    @property
    def place(self) -> int:
        """The place of the next frame."""
        return self.received - len(self._raw) + self._place

    @property
    def begin(self) -> int:
        """The place of the first byte that is not in a unit yet."""
        begins = [self.place]
        if self.block:
            begins.append(self.block[0].begin)
        if self.group is not None:
            begins.append(self.group.begin)
        return min(begins)

    @property
    def is_between(self) -> bool:
        """Whether the next byte begins a frame, and nothing is held before it."""
        held = self._raw or self.block or self.group is not None
        return self._begun and not (self.rest or held)

    def feed(self, data: bytes) -> None:
        """Take the next bytes."""
        self.received += len(data)
        self._raw += data

    def preface(self) -> Part | None:
        """Return what a client begins with; None if that is not here, or not whole."""
        if self._begun or not self._raw:
            return None
        if not PREFACE.startswith(self._raw[: len(PREFACE)]):
            self._begun = True
            return None
        if len(self._raw) < len(PREFACE):
            return None
        self._begun = True
        self._place = len(PREFACE)
        return Part(self.received - len(self._raw), PREFACE, PREFACE)

    def next_frame(self) -> Frame | None:
        """Return the next frame; None before it is whole."""
        if not self._begun or len(self._raw) - self._place < HEAD:
            return None
        head = read_head(self._raw, self._place)
        end = self._place + HEAD + head.size
        if len(self._raw) < end:
            return None
        frame = Frame(head, self.place, bytes(self._raw[self._place : end]))
        self._place = end
        return frame

    def settle(self) -> None:
        """Let go of the bytes of the frames that were read."""
        del self._raw[: self._place]
        self._place = 0

    def skip(self) -> tuple[int, int]:
        """Pass over all bytes; return the place of the first, and after the last."""
        begin = self.place
        self._raw.clear()
        self._place = 0
        return begin, self.received

    def lose(self) -> tuple[int, int]:
        """Forget what is not in a unit: bytes are missing. Return where that was."""
        begin = self.begin
        self.skip()
        self.block, self.group = [], None
        self.rest, self._begun = False, True
        self.headers.forget()
        return begin, self.received
