"""One side: bytes to frames, each of which says how long it is.

Each byte is copied twice at most, in however many pieces it comes: what is not complete
waits until as much has come as it lacks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import msgspec

from .fields import INT

if TYPE_CHECKING:
    from collections.abc import Callable

LENGTH = INT.size
MAX_FRAME = 100 << 20
"""Bytes of a frame.

Source: https://kafka.apache.org/documentation, ``socket.request.max.bytes``.
"""
HEAD = 12
"""Bytes by which it shows whether a frame begins: its length and the next numbers."""


class Frame(msgspec.Struct, gc=False):
    """A request or a response.

    Attributes:
        begin: Place of its first byte.
        data: All its bytes.
    """

    begin: int
    data: bytes

    @property
    def end(self) -> int:
        """Place after its last byte."""
        return self.begin + len(self.data)


class Flaw(msgspec.Struct, gc=False):
    """Bytes that are not a frame.

    Attributes:
        begin: Place of the first.
        end: Place after that: a frame may begin with the next.
        detail: What is wrong, in words.
    """

    begin: int
    end: int
    detail: str


Read: TypeAlias = Frame | Flaw


class Reader:
    """What is read of one side.

    Args:
        begins: Whether a frame may begin at a place in some bytes: there are
            :data:`HEAD` of it, or all of a shorter one.
        first: Where a frame begins in some bytes, from a place on; -1 for nowhere.
        reach: How many bytes that has to see together.

    Attributes:
        received: Bytes that came so far: the place of the next.
    """

    __slots__ = ("_begins", "_first", "_kept", "_lost", "_needed", "_reach", "received")

    def __init__(
        self,
        begins: Callable[[bytes, int], bool],
        first: Callable[[bytes, int], int],
        reach: int,
    ) -> None:
        self.received = 0
        self._begins, self._first, self._reach = begins, first, reach
        self._kept = bytearray()
        self._needed = 0  # bytes that have to come before those kept can be read
        self._lost = False  # whether it is not known where the next frame begins

    @property
    def buffered(self) -> int:
        """Bytes that are kept."""
        return len(self._kept)

    @property
    def ready(self) -> bool:
        """Whether what comes next begins with a frame."""
        return not (self._kept or self._lost)

    @property
    def begun(self) -> int:
        """Bytes of a frame that is not complete."""
        return 0 if self._lost else len(self._kept)

    def lose(self) -> int:
        """Forget what is kept: what comes next begins with a frame.

        Returns:
            How many bytes that were.
        """
        count = len(self._kept)
        self._kept.clear()
        self._needed, self._lost = 0, False
        return count

    def receive(self, data: bytes) -> list[Read]:
        """Return what the next bytes complete."""
        self.received += len(data)
        kept = self._kept
        if kept:
            kept += data
            if len(kept) < self._needed:
                return []
            data = bytes(kept)
            kept.clear()
        found: list[Read] = []
        place = self._read(data, found)
        if place < len(data):
            kept += memoryview(data)[place:]
        return found

    def _read(self, data: bytes, found: list[Read]) -> int:
        """Add what some bytes hold; return the place of what is not complete."""
        base, size, place = self.received - len(data), len(data), 0
        while place < size:
            if self._lost:
                place = self._resume(data, place)
                if self._lost:
                    return place
            if size - place < LENGTH:
                self._needed = LENGTH
                return place
            length = INT.unpack_from(data, place)[0]
            end = place + LENGTH + length
            shows = min(HEAD, max(end - place, LENGTH))
            if 0 <= length <= MAX_FRAME and size - place < shows:
                self._needed = shows
                return place
            if not 0 <= length <= MAX_FRAME or not self._begins(data, place):
                found.append(_flaw(data, base, place))
                self._lost = True
                place += 1
            elif end > size:
                self._needed = end - place
                return place
            else:
                whole = data if end - place == size else data[place:end]
                found.append(Frame(base + place, whole))
                place = end
        return place

    def _resume(self, data: bytes, place: int) -> int:
        """Look for the next frame; return what has to be looked at again."""
        found = self._first(data, place)
        self._lost = found < 0
        self._needed = 0
        return max(place, len(data) - self._reach) if self._lost else found


def _flaw(data: bytes, base: int, place: int) -> Flaw:
    shown = data[place : place + LENGTH].hex(" ")
    return Flaw(base + place, base + place + 1, f"it begins with {shown}")
