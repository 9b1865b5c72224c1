"""What packets bear witness that two connections are one: a few of them, by content.

Asked is for the bytes that both of two views hold, so that each view names the same
packets: those whose numbers give the lowest sums. A packet is the same if it has the
same numbers, the same size, and begins with the same bytes.
"""

from __future__ import annotations

import struct
from collections import defaultdict
from typing import TYPE_CHECKING, TypeAlias
from zlib import crc32

import msgspec

from inspector.headers.links import NotTcpError
from inspector.tcp.prints import drawn
from inspector.tcp.segments import decode_segment, plain_flow, reverse_flow

from .following import COMPARE
from .rereading import flow_of, read_again

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.sources.records import PacketRecord
    from inspector.tcp.segments import Segment

    from .sources import Source
    from .tasks import Work

MOST_PACKETS = 16
"""Packets that bear witness of one connection."""
_BEGINNING = 64
"""Bytes of a packet that are compared: captures often truncate what follows."""
_RANGE = 1 << 32

Seen: TypeAlias = tuple[bool, int, int, int, int]
"""Whether the client sent it, sequence number, ACK number, size, digest."""
Witnesses: TypeAlias = dict[Seen, int]
"""Packets, and when each was captured first, by the clock of the source."""


class Question(msgspec.Struct, frozen=True):
    """Which bytes of a connection are asked for.

    Attributes:
        number: Of the question; that about the other view has the same.
        flow: Client and server of the connection, in this view.
        starts: The first sequence number of the client, and of the server …
        sizes: … and how many bytes of each.
    """

    number: int
    flow: bytes
    starts: tuple[int, int]
    sizes: tuple[int, int]


def witnesses(
    work: Work, source: Source, questions: Sequence[Question]
) -> dict[int, Witnesses]:
    """Return packets of connections of a source, by the number of the question.

    Args:
        work: Of the run.
        source: The source.
        questions: About its connections.
    """
    asked: defaultdict[bytes, list[_Answer]] = defaultdict(list)
    answers = [_Answer(each) for each in questions]
    for each in answers:
        for flow in (each.question.flow, reverse_flow(each.question.flow)):
            asked[flow].append(each)
    for record in read_again(work, source, COMPARE):
        concerned = asked.get(plain_flow(flow_of(record)))
        segment = _segment(record) if concerned else None
        if segment is not None and segment.payload:
            for each in concerned or ():
                each.hear(segment)
    return {each.question.number: each.lowest() for each in answers}


class _Answer:
    """The packets of one connection so far."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self._packets: Witnesses = {}
        self._limit = _RANGE

    def hear(self, segment: Segment) -> None:
        """Take in a segment of the connection that carries bytes."""
        question = self.question
        asks = plain_flow(segment.flow) == question.flow
        side = 0 if asks else 1
        place = (segment.seq - question.starts[side]) % _RANGE
        if place >= question.sizes[side]:
            return
        size = len(segment.payload) + segment.missing
        if drawn(segment.seq, segment.ack, size) >= self._limit:
            return
        digest = crc32(segment.payload[:_BEGINNING])
        key = asks, segment.seq, segment.ack, size, digest
        self._packets.setdefault(key, segment.time_ns)
        while len(self._packets) > 2 * MOST_PACKETS:
            self._limit //= 2
            self._packets = {
                each: seen
                for each, seen in self._packets.items()
                if drawn(*each[1:4]) < self._limit
            }

    def lowest(self) -> Witnesses:
        """Return the packets that both views choose, as far as both hold them."""
        ordered = sorted(self._packets.items(), key=lambda item: drawn(*item[0][1:4]))
        return dict(ordered[:MOST_PACKETS])


def _segment(record: PacketRecord) -> Segment | None:
    try:
        return decode_segment(record)
    except (NotTcpError, struct.error):  # such as a fragment
        return None
