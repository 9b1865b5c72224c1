"""What a reader of Nest has no patience for: silence in a frame, and crowds of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.seen import Remark

if TYPE_CHECKING:
    from inspector.streams.items import Chunk
    from protocol import FrameDecoder

    from .pieces import Pieces

SILENCE_NS = 30_000_000_000
"""Silence inside a frame behind which Nest drops the connection, by default.

Source: ``packages/microservices/helpers/json-socket.ts``,
``DEFAULT_INCOMPLETE_MESSAGE_TIMEOUT``.
"""
MANY_FRAMES = 3_600
"""Frames in one read from which on a reader that calls itself runs out of stack.

Source: CVE-2026-40879; measured: 3,630 with Nest 7.6.18, some 6,200 with 8 to 11.1.18.
"""
_CROWD = 64
"""Frames in one chunk from which on it is counted how many come at once."""
_NODE_READ = 1 << 16
"""Bytes that Node reads at once. Source: libuv, ``uv__stream_read``."""
_ONE_READ_NS = 1_000_000
"""What arrives within this time may be read at once."""


def remark_silence(
    decoder: FrameDecoder, pieces: Pieces, time_ns: int, cause: str
) -> list[Remark]:
    """Remark on a frame whose rest comes late, or never.

    Args:
        decoder: Holds what came of it.
        pieces: The chunks that brought it.
        time_ns: When it was known how long the silence was.
        cause: Why it is known: the rest came ``later``, or what closed the connection.
    """
    if not pieces.waiting or not decoder.buffered:
        return []
    last = pieces.waiting[-1][1]
    silence = time_ns - last.packet.time_ns
    rest = last.data[-decoder.buffered :]
    blank = decoder.awaited_units is None and not rest.strip()
    if silence <= SILENCE_NS and (blank or cause in {"later", "end"}):
        return []
    return [
        Remark(
            "stalled-frame",
            last.direction,
            last.packet,
            subject="blanks" if blank else "frame",
            detail=cause,
            size=decoder.buffered,
            duration_ns=silence,
        )
    ]


class Crowds:
    """How many frames of one direction come at once."""

    __slots__ = ("_bytes", "_frames", "_told", "_until_ns")

    def __init__(self) -> None:
        self._frames = 0
        self._bytes = 0
        self._until_ns = 0
        self._told = False

    def count(self, chunk: Chunk, frames: int) -> list[Remark]:
        """Remark, once, on more frames than a reader that calls itself can take."""
        if frames < _CROWD or self._told:
            return []
        now_ns, size = chunk.packet.time_ns, len(chunk.data)
        if now_ns > self._until_ns or self._bytes + size > _NODE_READ:
            self._frames, self._bytes = 0, 0
        self._frames += frames
        self._bytes += size
        self._until_ns = now_ns + _ONE_READ_NS
        self._told = self._frames >= MANY_FRAMES
        if not self._told:
            return []
        return [Remark("many-frames", chunk.direction, chunk.packet, size=self._frames)]
