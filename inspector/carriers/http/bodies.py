r"""How far the body of a message reaches: by its length, in chunks, or until the end.

::

    raw    5;a=b\r\n hello \r\n0\r\n\r\n      what travelled
    spans            ─────                    what of it is content
    hidden  ───                               what of the rest may hold anything

A reader is given the bytes of a unit that grows, and goes on where it was.

Source: RFC 9112, sections 6 and 7.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Protocol

from protocol.lazy_regex import lazy_regex

MOST = 1 << 16
"""Bytes of content that are kept of a message, or of an event; others are counted."""
_MOST_FRAMING = 1 << 18
"""Bytes of chunks around content after which a part ends."""
_LONGEST_LINE = 1 << 10
_LONGEST_TRAILERS = 1 << 14
_SIZE = lazy_regex(rb"([0-9A-Fa-f]{1,15})[ \t]*(;[^\r\n]*)?\r?\n")


class Reach(Protocol):
    """How far a body reaches.

    Attributes:
        done: Whether all of it was read.
        broken: Whether its bytes are malformed: nobody knows where it ends.
        spans: Where its content is in the unit, from place to place …
        content: … and what that is.
        hidden: Where in the unit other bytes are that may hold anything.
    """

    done: bool
    broken: bool
    spans: list[tuple[int, int]]
    content: bytearray
    hidden: list[tuple[int, int]]

    def read(self, raw: bytearray, place: int, most: int) -> int:
        """Return the place in a unit up to which it is read.

        Args:
            raw: The unit so far, and what came after it.
            place: Where it was read up to.
            most: Bytes of content that may be read.
        """

    def place_of(self, content: int) -> int:
        """Return the place in the unit after so many bytes of content."""

    def part(self, place: int, content: int) -> None:
        """Begin another unit at a place, before which there was so much content."""

    def full(self, place: int) -> bool:
        """Whether a unit that was read up to a place has as much as is kept."""


class _Reach:
    """What all of them have."""

    def __init__(self) -> None:
        self.done = False
        self.broken = False
        self.spans: list[tuple[int, int]] = []
        self.content = bytearray()
        self.hidden: list[tuple[int, int]] = []

    def full(self, place: int) -> bool:
        """Whether a unit that was read up to a place has as much as is kept."""
        return len(self.content) >= MOST or place > _MOST_FRAMING

    def place_of(self, content: int) -> int:
        """Return the place in the unit after so many bytes of content."""
        for begin, end in self.spans:
            if content <= end - begin:
                return begin + content
            content -= end - begin
        return self.spans[-1][1] if self.spans else 0

    def part(self, place: int, content: int) -> None:
        """Begin another unit at a place, before which there was so much content."""
        later = [(max(begin, place), end) for begin, end in self.spans if end > place]
        self.spans = [(begin - place, end - place) for begin, end in later]
        del self.content[:content]
        self.hidden = [
            (begin - place, end - place) for begin, end in self.hidden if begin >= place
        ]

    def _take(self, raw: bytearray, begin: int, end: int) -> None:
        """Note content, which may go on where the last ended."""
        self.content += raw[begin:end]
        if self.spans and self.spans[-1][1] == begin:
            self.spans[-1] = self.spans[-1][0], end
        elif begin < end:
            self.spans.append((begin, end))


class Length(_Reach):
    """A body of so many bytes.

    Args:
        size: How many they are.
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        self._left = size
        self.done = not size

    def read(self, raw: bytearray, place: int, most: int) -> int:
        """Return the place up to which it is read."""
        end = min(place + min(most, self._left), len(raw))
        self._take(raw, place, end)
        self._left -= end - place
        self.done = not self._left
        return end


class UntilEnd(_Reach):
    """A body that reaches to the end of the connection."""

    def read(self, raw: bytearray, place: int, most: int) -> int:
        """Return the place up to which it is read."""
        end = min(place + most, len(raw))
        self._take(raw, place, end)
        return end


class _Next(Enum):
    """What comes next of chunks."""

    SIZE = auto()
    DATA = auto()
    LINE_END = auto()
    TRAILERS = auto()


class Chunked(_Reach):
    """A body in chunks."""

    def __init__(self) -> None:
        super().__init__()
        self._next = _Next.SIZE
        self._left = 0
        self._trailers = 0  # bytes of those

    def read(self, raw: bytearray, place: int, most: int) -> int:
        """Return the place up to which it is read."""
        begun = place
        while not (self.done or self.broken):
            if self._next is _Next.DATA:
                end = min(place + min(most, self._left), len(raw))
                self._take(raw, place, end)
                self._left -= end - place
                most -= end - place
                place = end
                if self._left:
                    break
                self._next = _Next.LINE_END
                continue
            if not most or place > _MOST_FRAMING > begun:
                break  # a part ends before what is around the next chunk
            after = self._line(raw, place)
            if after == place:
                break
            place = after
        return place

    def _line(self, raw: bytearray, place: int) -> int:
        """Return the place after what is not content; the same where that lacks."""
        if self._next is _Next.LINE_END:
            return self._line_end(raw, place)
        end = raw.find(b"\n", place) + 1
        longest = _LONGEST_LINE if self._next is _Next.SIZE else _LONGEST_TRAILERS
        if not end:
            self.broken = len(raw) - place > longest
            return place
        return (self._size if self._next is _Next.SIZE else self._trailer)(
            raw, place, end
        )

    def _line_end(self, raw: bytearray, place: int) -> int:
        two = bytes(raw[place : place + 2])
        if two in {b"", b"\r"}:
            return place
        size = 1 if two.startswith(b"\n") else 2
        self.broken = size > 1 and two != b"\r\n"
        self._next = _Next.SIZE
        return place if self.broken else place + size

    def _size(self, raw: bytearray, place: int, end: int) -> int:
        line = _SIZE.match(raw, place)
        if line is None or line.end() != end:
            self.broken = True
            return place
        if line[2]:
            self.hidden.append((line.start(2) + 1, line.end(2)))
        self._left = int(line[1], 16)
        self._next = _Next.DATA if self._left else _Next.TRAILERS
        return end

    def _trailer(self, raw: bytearray, place: int, end: int) -> int:
        line = bytes(raw[place:end]).rstrip(b"\r\n")
        self._trailers += end - place
        if not line:
            self.done = True
        elif self._trailers > _LONGEST_TRAILERS:
            self.broken = True
            return place
        colon = line.find(b":")
        value = 0 if colon < 0 else colon + 1
        if value < len(line):
            self.hidden.append((place + value, place + len(line)))
        return end
