"""Whether both sides of a connection converse in frames whose bodies are not JSON.

One side alone never shows it: until each has sent several frames, one right after the
other, the connection may as well be anything else, and is judged as ever once a byte
does not fit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.opaque import FrameCutter, may_be_opaque

if TYPE_CHECKING:
    from inspector.streams.items import Chunk

FRAMES_FROM_START = 2
"""Whole frames that a direction has to show whose beginning was captured …"""
FRAMES_FROM_MIDDLE = 3
"""… and one that the capture joins in its middle, where chance has more places."""


# decision 94
class OpaqueStream:
    """What came of a direction since a packet that begins with such a frame.

    Args:
        chunks: Its first bytes.

    Attributes:
        chunks: All that came.
        size: How many bytes that is.
        since: The record with which it began to be one: by then the direction would
            have been judged otherwise.
    """

    def __init__(self, chunks: list[Chunk]) -> None:
        self.since = 0
        self.chunks: list[Chunk] = []
        self.size = 0
        self._cutter = FrameCutter()
        for chunk in chunks:
            self.add(chunk)

    def shows_enough(self, *, from_start: bool) -> bool:
        """Whether this direction has shown enough whole frames.

        Args:
            from_start: Whether the capture holds the beginning of the direction.
        """
        wanted = FRAMES_FROM_START if from_start else FRAMES_FROM_MIDDLE
        return self._cutter.frames >= wanted

    def add(self, chunk: Chunk) -> bool:
        """Take in the next bytes; return whether they fit."""
        self.chunks.append(chunk)
        self.size += len(chunk.data)
        self._cutter.cut(chunk.data)
        return not self._cutter.broken


def opaque_stream(chunks: list[Chunk]) -> OpaqueStream | None:
    """Return chunks as such a stream; None where they are something else."""
    if not chunks[0].data[:1].isdigit():
        return None
    if not may_be_opaque(b"".join(chunk.data for chunk in chunks)):
        return None
    stream = OpaqueStream(chunks[:-1])
    stream.since = chunks[-1].packet.number
    return stream if stream.add(chunks[-1]) else None
