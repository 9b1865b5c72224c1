"""One side: bytes to control packets, and what is malformed.

::

    82 0a …     a Control
    66 …        a Flaw: then on from the next packet that shows

Each byte is looked at once and copied twice at most, in however many pieces it comes:
what is not complete waits until as much has come as it lacks.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from .fields import LENGTH_BYTES
from .headers import FIRSTS, MAX_PACKET, REACH, WAIT, WRONG, measured
from .searching import first_packet


class Control(msgspec.Struct, gc=False):
    """A control packet.

    Attributes:
        kind: Its type, as :mod:`.headers` numbers them.
        begin: Place of its first byte.
        head: How many bytes say what it is, and how long.
        data: All its bytes, as they may be shown.
        sent: The same as they travelled, where that conceals something.
    """

    kind: int
    begin: int
    head: int
    data: bytes
    sent: bytes = b""

    @property
    def end(self) -> int:
        """Place after its last byte."""
        return self.begin + len(self.data)


class Flaw(msgspec.Struct, gc=False):
    """Bytes that are not a control packet.

    Attributes:
        begin: Place of the first.
        end: Place after those that show it.
        detail: What is wrong, in words.
    """

    begin: int
    end: int
    detail: str


Read: TypeAlias = Control | Flaw
_SHORT, _LONG = 2, 130
"""Bytes before the content of a packet, where that has fewer than 128; and of all."""


class Reader:
    """What is read of one side.

    Attributes:
        received: Bytes that came so far: the place of the next.
    """

    __slots__ = ("_kept", "_lost", "_needed", "received")

    def __init__(self) -> None:
        self.received = 0
        self._kept = bytearray()
        self._needed = 0  # bytes that have to come before those kept can be read
        self._lost = False  # whether it is not known where the next packet begins

    @property
    def buffered(self) -> int:
        """Bytes that are kept."""
        return len(self._kept)

    @property
    def begun(self) -> int:
        """Bytes of a control packet that is not complete."""
        return 0 if self._lost else len(self._kept)

    @property
    def ready(self) -> bool:
        """Whether what comes next begins with a control packet."""
        return not (self._kept or self._lost)

    def lose(self) -> int:
        """Forget what is kept: what comes next begins with a control packet.

        Returns:
            How many bytes that were.
        """
        count = len(self._kept)
        self._kept.clear()
        self._needed, self._lost = 0, False
        return count

    def receive(self, data: bytes) -> list[Read]:
        """Return what the next bytes complete."""
        begin, kept, size = self.received, self._kept, len(data)
        self.received = begin + size
        # decision 34: nearly all are whole, and shorter than 128 bytes
        if not (kept or self._lost) and 1 < size < _LONG and size == data[1] + _SHORT:
            first = data[0]
            if first in FIRSTS:
                return [Control(first >> 4, begin, _SHORT, data)]
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
            head, end = measured(data, place)
            if head == WAIT:
                self._needed = size - place + 1
                return place
            if head == WRONG or end - place > MAX_PACKET:
                found.append(_flaw(data, base, place, head, end))
                self._lost = True
                place += 1
            elif end > size:
                self._needed = end - place
                return place
            else:
                packet = data[place:end]
                kind = packet[0] >> 4
                found.append(Control(kind, base + place, head - place, packet))
                place = end
        return place

    def _resume(self, data: bytes, place: int) -> int:
        """Look for the next control packet; return what has to be looked at again."""
        found = first_packet(data, place)
        self._lost = found < 0
        self._needed = 0
        return max(place, len(data) - REACH) if self._lost else found


def _flaw(data: bytes, base: int, place: int, head: int, end: int) -> Flaw:
    """Return what is wrong where no control packet begins, or one that is too long."""
    if head != WRONG:
        detail = f"it has {end - head:,} bytes, more than {MAX_PACKET:,}"
        return Flaw(base + place, base + head, detail)
    after = place + (1 if data[place] not in FIRSTS else 1 + LENGTH_BYTES)
    shown = data[place:after].hex(" ")
    return Flaw(base + place, base + after, f"it begins with {shown}")
