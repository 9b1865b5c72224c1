"""Packets that were captured twice, as ``-i any`` does where a host passes them on.

A copy has the same IP identification, TCP header and payload as a packet that was
captured a moment before, in whatever virtual network. What a sender sends again has an
identification of its own (RFC 6864, section 4.3, lets a sender choose, and those in use
count up); IPv6 has none, and there only the moment distinguishes them.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from .scans import segment_in
from .segments import plain_flow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.sources.records import Entry

    from .segments import Segment

WITHIN_NS = 1_000_000
"""A packet passes all interfaces of a host in less; a sender waits for longer."""
_REMEMBERED = 64
"""Records after a packet among which a copy of it is."""


class RecentSegments(deque["Segment | Entry"]):
    """The segments that were captured last; of most that were scanned, the entries."""

    def __init__(self) -> None:
        super().__init__(maxlen=_REMEMBERED)

    def hold_copy_of(self, segment: Segment) -> bool:
        """Whether a segment was captured before."""
        for other in self._alike(segment):
            if _same(other, segment):
                return segment.time_ns - other.time_ns <= WITHIN_NS
        return False

    def translated(self, segment: Segment) -> Segment | None:
        """Return the packet that a segment is, but for one end; None for none."""
        for other in self._alike(segment):
            if _alike(other, segment) and _share_one_end(other.flow, segment.flow):
                near = segment.time_ns - other.time_ns <= WITHIN_NS
                return other if near else None
        return None

    def _alike(self, segment: Segment) -> Iterator[Segment]:
        """Yield those with the sequence number of a segment, the latest first."""
        # It goes through all of them for each packet that is not an ordinary one, so
        # that nothing else is asked of those with other numbers.
        seq, earliest = segment.seq, segment.number - _REMEMBERED
        for other in reversed(self):
            if isinstance(other, tuple):
                if other[3] == seq and other[0] >= earliest:
                    yield segment_in(other)
            elif other.seq == seq and other.number >= earliest:
                yield other


# decision 16: A copy is known by the IP identification, not by its bytes alone
def _same(one: Segment, other: Segment) -> bool:
    return (
        one.flow == other.flow or plain_flow(one.flow) == plain_flow(other.flow)
    ) and _alike(one, other)


def _share_one_end(one: bytes, other: bytes) -> bool:
    """Whether two flows have either their source or their target in common."""
    one, other = plain_flow(one), plain_flow(other)
    if len(one) != len(other):
        return False
    size = (len(one) - 4) // 2
    sources = one[:size] == other[:size] and one[-4:-2] == other[-4:-2]
    targets = one[size:-4] == other[size:-4] and one[-2:] == other[-2:]
    return sources != targets


def _alike(one: Segment, other: Segment) -> bool:
    return (
        one.identification == other.identification
        and one.ack == other.ack
        and one.flags == other.flags
        and one.window == other.window
        and one.payload == other.payload
    )
