"""In which unit a writer counts the lengths of its frames.

Nest counts UTF-16 code units. Writers in other languages often count UTF-8 bytes or
code points, which nobody notices until a frame is not ASCII::

    body   {"a":"é😀"}    11 UTF-16 code units, 14 bytes, 10 code points
    14#…   Nest waits for 3 units more, and takes them from the next frame
    10#…   Nest cuts the body before its last brace

Which unit it is, the bytes say: the one in which the frame is a packet.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import msgspec

from inspector.carriers.base import Remark
from protocol import (
    DELIMITER,
    DecodeError,
    Frame,
    LengthUnit,
    count_units,
    parse_length,
    parse_packet,
)

if TYPE_CHECKING:
    from inspector.carriers.base import Trouble

    from .pieces import Pieces

MAX_HEADER = 64
"""Bytes of a header after which a unit is looked for."""


def bytes_lacking(data: bytes, unit: LengthUnit) -> int | None:
    """Return how much of the frame is missing that ``data`` begins with.

    0 when it is whole, and a packet. None when no packet comes of it in this unit.
    Otherwise the fewest bytes that it can lack.
    """
    header, delimiter, body = data.partition(DELIMITER)
    try:
        length = parse_length(header.decode("utf-8", "replace"))
        if not delimiter:
            return 1
        missing = length - unit.count(body)
        if missing > 0:
            return missing
        body = body[: unit.size_of(body, length)]
        parse_packet(Frame(body, 0, 0))
    except (DecodeError, ValueError):
        return None
    return 0


def first_frame(data: bytes, unit: LengthUnit) -> Frame:
    """Return the frame that ``data`` begins with, which is whole in this unit."""
    header, delimiter, body = data.partition(DELIMITER)
    length = parse_length(header.decode("utf-8", "replace"))
    body = body[: unit.size_of(body, length)]
    return Frame(body, 0, len(header + delimiter + body))


def unit_that_fits(data: bytes, *, but: LengthUnit) -> LengthUnit | int | None:
    """Return the unit in which ``data`` begins with a packet, another one than ``but``.

    While none is certain: how many bytes more could decide it. None when none can fit.
    """
    lacking = {
        unit: bytes_lacking(data, unit) for unit in LengthUnit if unit is not but
    }
    for unit, missing in lacking.items():
        if missing == 0:
            return unit
    return min((missing for missing in lacking.values() if missing), default=None)


class Outlook:
    """Whether a frame that waits for more bytes is whole already, in another unit.

    It is looked at again when as much has come as it lacked, so that a frame costs in
    proportion to its bytes, in however many pieces they come.

    Args:
        unit: The other unit.
    """

    __slots__ = ("_again", "_begin", "_unit")

    def __init__(self, unit: LengthUnit) -> None:
        self._unit = unit
        self._begin = -1  # place of the frame that was looked at last …
        self._again = 0  # … and the place up to which bytes have to come

    def shows(self, pieces: Pieces, begin: int, length: int) -> bool:
        """Whether a packet is whole at a place.

        Args:
            pieces: The bytes that came.
            begin: Place of the frame.
            length: The length that it declares.
        """
        received, most = pieces.received, MAX_HEADER + length
        if begin == self._begin and received < self._again:
            return False
        lacking = bytes_lacking(pieces.bytes_from(begin, most), self._unit)
        self._begin, self._again = begin, sys.maxsize
        # Where all that is looked at has come, no more bytes will help.
        if lacking is not None and received - begin < most:
            self._again = received + lacking
        return lacking == 0


# decision 19: A frame in doubt holds its direction back
class Doubt(msgspec.Struct):
    """A frame that is unreadable, unless more bytes show that its unit is another.

    Attributes:
        begin: Place of the frame.
        most: Bytes that it takes at most, in any unit.
        resume: Place at which reading goes on if it is unreadable indeed.
        enough: Place up to which bytes have to come before more can be said.
        trouble: What is wrong with it then.
    """

    begin: int
    most: int
    resume: int
    enough: int
    trouble: Trouble


def remark_unit(side: int, unit: LengthUnit, body: bytes) -> Remark:
    """Return what is to be said of lengths in another unit, with the first of them."""
    declared, right = unit.count(body), count_units(body)
    return Remark(
        side=side,
        begin=0,
        end=0,
        code="length-unit",
        subject=unit.value,
        detail=f"{declared:,} for {right:,}",
        size=abs(declared - right),
    )
