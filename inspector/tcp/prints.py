"""What tells a packet wherever it is captured: the print of its segment.

Two points on the way of a packet see the same addresses, ports, numbers, flags, length
and IP identification; time to live, link header and checksum may differ.
"""

from __future__ import annotations

import struct
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

from inspector.headers.links import NotTcpError
from protocol.named_tuple import NamedTuple

from .segments import SegmentDecoder, decode_segment, plain_flow, reverse_flow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inspector.sources.records import PacketRecord

    from .segments import Segment

Print: TypeAlias = tuple[bytes, int, int, int, int, int]
"""Flow, sequence number, ACK number, flags, length, IP identification."""

LOOKED_AT = 200_000
"""Records of a capture, from its first, that are looked at for a sample."""
_FACTORS = (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D)
_RANGE = 1 << 32


class Sighted(NamedTuple):
    """A packet of a sample.

    Attributes:
        time_ns: When it was captured.
        forward: Whether it went from the lower of its two ends to the higher.
    """

    time_ns: int
    forward: bool


def print_of(segment: Segment) -> Print:
    """Return the print of a segment."""
    size = len(segment.payload) + segment.missing
    return (
        plain_flow(segment.flow),
        segment.seq,
        segment.ack,
        segment.flags,
        size,
        segment.identification,
    )


def print_in(record: PacketRecord) -> Print | None:
    """Return the print of the segment in a record; None where it holds none."""
    try:
        return print_of(decode_segment(record))
    except (NotTcpError, struct.error):
        return None


def sample(records: Iterable[PacketRecord], most: int) -> dict[Print, Sighted]:
    """Return some packets of a capture, the same ones as of any other that saw them.

    Chosen are those whose numbers give the lowest sums; what occurs twice tells no
    time, and is left out.

    Args:
        records: The capture, of which the first 200,000 are looked at.
        most: How many packets at most.
    """
    found: dict[Print, Sighted | None] = {}
    limit = _RANGE
    for segment in SegmentDecoder().decode(islice(records, LOOKED_AT)):
        if drawn(segment.seq, segment.ack, segment.identification) >= limit:
            continue
        key = print_of(segment)
        flow = key[0]
        sighted = Sighted(segment.time_ns, flow < reverse_flow(flow))
        found[key] = None if key in found else sighted
        while len(found) > most:
            limit //= 2
            found = {
                each: seen
                for each, seen in found.items()
                if drawn(each[1], each[2], each[5]) < limit
            }
    return {each: seen for each, seen in found.items() if seen is not None}


def drawn(*numbers: int) -> int:
    """Return a number below 2**32 that is as good as drawn, and always the same."""
    total = sum(
        number * factor for number, factor in zip(numbers, _FACTORS, strict=True)
    )
    return (total ^ total >> 15) * _FACTORS[0] % _RANGE
