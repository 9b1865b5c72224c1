"""What a reader of Nest does not bear: silence in a frame, and very many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import Remark
from protocol.named_tuple import NamedTuple

if TYPE_CHECKING:
    from protocol import FrameDecoder

    from .pieces import Piece, Pieces

SILENCE_NS = 30_000_000_000
"""Silence inside a frame after which Nest drops the connection, by default.

Source: ``packages/microservices/helpers/json-socket.ts``,
``DEFAULT_INCOMPLETE_MESSAGE_TIMEOUT``.
"""
MANY_FRAMES = 3_600
"""Frames in one read from which on a reader that calls itself runs out of stack.

Source: CVE-2026-40879; measured: 3,630 with Nest 7.6.18, some 6,200 with 8 to 11.1.18.
"""
_BURST = 64
"""Frames in one piece from which on it is counted how many come at once."""
_NODE_READ = 1 << 16
"""Bytes that Node reads at once. Source: libuv, ``uv__stream_read``."""
_ONE_READ_NS = 1_000_000
"""What arrives within this time may be read at once."""


class Silence(NamedTuple):
    """How it is known how long a frame waited for its rest.

    Attributes:
        until_ns: When it was known, in nanoseconds.
        cause: ``later`` where the rest came, or what closed the connection.
    """

    until_ns: int
    cause: str


def stalls(
    side: int, decoder: FrameDecoder, pieces: Pieces, silence: Silence
) -> list[Remark]:
    """Return a remark on a frame whose rest comes late, or never, if it is worth one.

    Args:
        side: Who sent it.
        decoder: Holds what came of it.
        pieces: The bytes that brought it.
        silence: How long it waited.
    """
    if not pieces.waiting or not decoder.buffered:
        return []
    last = pieces.waiting[-1]
    lasted_ns = silence.until_ns - last.time_ns
    rest = last.data[-decoder.buffered :]
    blank = decoder.awaited_units is None and not rest.strip()
    if lasted_ns <= SILENCE_NS and (blank or silence.cause in {"later", "end"}):
        return []
    return [
        Remark(
            side=side,
            begin=last.end,
            end=last.end,
            code="stalled-frame",
            subject="blanks" if blank else "frame",
            detail=silence.cause,
            size=decoder.buffered,
            duration_ns=lasted_ns,
        )
    ]


class Bursts:
    """How many frames of one side come at once."""

    __slots__ = ("_bytes", "_frames", "_noted", "_until_ns")

    def __init__(self) -> None:
        self._frames = 0
        self._bytes = 0
        self._until_ns = 0
        self._noted = False

    def count(self, side: int, piece: Piece, frames: int) -> list[Remark]:
        """Return a remark, once, on more frames than a recursive reader can take."""
        if frames < _BURST or self._noted:
            return []
        now_ns, size = piece.time_ns, len(piece.data)
        if now_ns > self._until_ns or self._bytes + size > _NODE_READ:
            self._frames, self._bytes = 0, 0
        self._frames += frames
        self._bytes += size
        self._until_ns = now_ns + _ONE_READ_NS
        self._noted = self._frames >= MANY_FRAMES
        if not self._noted:
            return []
        place = piece.end
        return [
            Remark(
                side=side, begin=place, end=place, code="many-frames", size=self._frames
            )
        ]
