"""Packets with the addresses with which their connection counts."""

from __future__ import annotations

import struct
from collections import defaultdict
from typing import TYPE_CHECKING

import msgspec

from inspector.headers.links import NotTcpError
from inspector.tcp.segments import decode_segment, plain_flow, reverse_flow

from .rereading import flow_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inspector.sources.records import PacketRecord
    from inspector.tcp.segments import Segment

    from .trails import Readdressed


_RANGE = 1 << 32
_AWAY = 1 << 24
"""Bytes from what was captured of a connection within which a packet may be of it."""


class _Way(msgspec.Struct, frozen=True):
    """A direction of a connection that counts with other addresses.

    Attributes:
        into: The flow that it counts with.
        start: The first sequence number that was captured …
        size: … and how many bytes.
    """

    into: bytes
    start: int
    size: int

    def away(self, seq: int) -> int:
        """Return how many bytes a number is away from what was captured."""
        place = (seq - self.start) % _RANGE
        return 0 if place <= self.size else min(place - self.size, _RANGE - place)


class Readdressing:
    """Give packets the addresses with which their connections count.

    Args:
        found: The connections of which some were seen with others.
        whole: Whether packets get the addresses where their way begins and ends, and
            not those that their client knows.
    """

    def __init__(self, found: Iterable[Readdressed], *, whole: bool = False) -> None:
        self._ways: defaultdict[bytes, list[_Way]] = defaultdict(list)
        for each in found:
            flow, trail = each.ends if whole else each.flow, each.trail
            if flow == trail.flow:
                continue
            asks = _Way(flow, trail.starts[0], trail.sizes[0])
            answers = _Way(reverse_flow(flow), trail.starts[1], trail.sizes[1])
            self._ways[trail.flow].append(asks)
            self._ways[reverse_flow(trail.flow)].append(answers)

    def apply(self, record: PacketRecord) -> None:
        """Change a record if it is of such a connection; a fragment stays as it is.

        Ports are used again by other connections: the numbers tell which one it is.
        """
        ways = self._ways.get(plain_flow(flow_of(record))) if self._ways else None
        if not ways:
            return
        try:
            segment = decode_segment(record)
        except (NotTcpError, struct.error):
            return
        nearest = min(ways, key=lambda way: (way.away(segment.seq), way.into))
        if nearest.away(segment.seq) <= _AWAY and segment.header >= 0:
            record.data = with_flow(record.data, segment, nearest.into)


def with_flow(data: bytes, segment: Segment, flow: bytes) -> bytes:
    """Return a packet with other addresses and ports; no checksum is verified."""
    old, place = plain_flow(segment.flow)[:-4], segment.header
    start = data.rindex(old, 0, place)  # of the innermost header
    between = data[start + len(old) : place]
    return data[:start] + flow[:-4] + between + flow[-4:] + data[place + 4 :]
