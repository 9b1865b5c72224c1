"""Bytes of one direction that were captured ahead of the bytes before them.

::

    place      0    3        8    11   13
    stream     ████·····│████████│
    pieces          hole │  first │            in the order of their places
                            │  second   │
    claims               │  first │ sec. │     who was the first to carry a byte
    held                 │               │     bytes that some piece holds

Two questions have two answers where segments overlap. A byte *counts* for the segment
that was captured first with it. What the byte *is* follows the receiver: the segment
that goes on where the consecutive bytes end gives them, up to its own end; of several
the first captured. So a segment that fills a hole wins over what follows the hole, as
in Linux (``tcp_ofo_queue``) and in tshark's ``follow``.

Each answer takes about constant time, however many pieces hold the same bytes: the
pieces that have been reached wait in a heap, and what is held is one span, whoever
carried it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from heapq import heappop, heappush
from operator import itemgetter
from typing import TYPE_CHECKING

from protocol.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.streams.packets import DataPacket

Span = tuple[int, int]
"""Bytes of a stream: the place of the first, and the place after the last."""

OVERHEAD = 256
"""Bytes that a piece takes beside its data, about."""

_start = itemgetter(0)
_end = itemgetter(1)


class Piece(NamedTuple):
    """A segment that waits.

    Attributes:
        start: Place of its first byte.
        end: Place after its last byte.
        data: Its bytes; fewer than its places where the capture cut them off.
        packet: The data packet that carried it.
    """

    start: int
    end: int
    data: bytes
    packet: DataPacket


class ReorderBuffer:
    """The pieces of one direction that wait for the bytes before them.

    Attributes:
        size: Bytes of memory that they take, about.
    """

    __slots__ = ("_claims", "_held", "_pieces", "_reached", "size")

    def __init__(self) -> None:
        self.size = 0
        self._pieces: list[Piece] = []
        # Those that begin at or before the place asked for last, the first captured on
        # top; one that is over is dropped when it comes up.
        self._reached: list[tuple[int, Piece]] = []
        self._claims: list[tuple[int, int, DataPacket]] = []
        self._held: list[Span] = []  # apart from each other

    def __len__(self) -> int:
        return len(self._pieces) + len(self._reached)

    @property
    def first(self) -> Piece:
        """The piece that begins first."""
        return self._pieces[0]

    @property
    def end(self) -> int:
        """The place after the last byte."""
        return self._claims[-1][1]

    def unclaimed(self, start: int, end: int) -> list[Span]:
        """Return the parts of a span that no piece holds."""
        spans = []
        held = self._held
        for index in range(bisect_right(held, start, key=_end), len(held)):
            first, last = held[index]
            if first >= end:
                break
            if first > start:
                spans.append((start, first))
            start = last
        if start < end:
            spans.append((start, end))
        return spans

    def add(self, piece: Piece, spans: Sequence[Span]) -> None:
        """Keep a piece, which is the first to carry some spans."""
        self.size += len(piece.data) + OVERHEAD
        insort(self._pieces, piece, key=_start)
        for start, end in spans:
            insort(self._claims, (start, end, piece.packet), key=_start)
        self._hold(piece.start, piece.end)

    def _hold(self, start: int, end: int) -> None:
        """Add a span to what is held, as one with those that it meets."""
        held = self._held
        first = bisect_left(held, start, key=_end)
        last = bisect_right(held, end, lo=first, key=_start)
        if first < last:
            start, end = min(start, held[first][0]), max(end, held[last - 1][1])
        held[first:last] = [(start, end)]

    def pop(self, place: int) -> Piece | None:
        """Take the first captured of the pieces that hold the byte at a place."""
        count = bisect_right(self._pieces, place, key=_start)
        for piece in self._pieces[:count]:
            heappush(self._reached, (piece.packet.number, piece))
        del self._pieces[:count]
        while self._reached:
            _, piece = heappop(self._reached)
            self.size -= len(piece.data) + OVERHEAD
            if piece.end > place:
                return piece
        return None

    def carriers(self, start: int, end: int) -> list[tuple[int, int, DataPacket]]:
        """Take the parts of a span, each with the packet that it counts for."""
        claims = self._claims
        count = bisect_left(claims, end, key=_start)
        parts = [
            (max(claim, start), min(claim_end, end), packet)
            for claim, claim_end, packet in claims[:count]
        ]
        rest = claims[count - 1]
        claims[:count] = [(end, rest[1], rest[2])] if rest[1] > end else []
        held = self._held
        over = bisect_right(held, end, key=_end)
        if over < len(held) and held[over][0] < end:
            held[over] = (end, held[over][1])
        del held[:over]
        return parts
