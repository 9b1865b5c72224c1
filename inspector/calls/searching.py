"""Where a unit begins in the middle of a stream: new bytes are searched, and only once.

Bytes that were searched in vain are forgotten, but for as many as a unit's beginning
may reach back, so that a stream costs in proportion to its bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.streams.items import Chunk
from protocol.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.carriers.base import Carrier, Recognition


class Found(NamedTuple):
    """The beginning of a unit.

    Attributes:
        carrier: Whose unit it is.
        recognition: What shows of it; its place counts the bytes of ``chunks``.
        chunks: What was not forgotten of the stream.
    """

    carrier: Carrier
    recognition: Recognition
    chunks: list[Chunk]


class Search:
    """The search in one direction.

    Attributes:
        searched: Bytes that were searched in vain …
        chunks: … and in how many chunks they came.
        forgotten: Those of them that are gone, and of which nothing was read.
    """

    __slots__ = ("_boundary", "_kept", "chunks", "forgotten", "searched")

    def __init__(self) -> None:
        self.searched = 0
        self.chunks = 0
        self.forgotten = 0
        self._kept: list[Chunk] = []
        self._boundary = True  # whether they begin where a captured packet did

    @property
    def kept(self) -> int:
        """How many bytes are kept."""
        return sum(len(chunk.data) for chunk in self._kept)

    def find(self, chunk: Chunk, carriers: Sequence[Carrier]) -> Found | None:
        """Return the first unit that shows with one more chunk; None where none does.

        Args:
            chunk: The next bytes.
            carriers: Whose units are looked for.
        """
        self._kept.append(chunk)
        data = b"".join(each.data for each in self._kept)
        for carrier in carriers:
            recognition = carrier.find(data, boundary=self._boundary)
            if recognition is not None:
                return Found(carrier, recognition, self._kept)
        self.searched += len(chunk.data)
        self.chunks += 1
        self._forget(len(data) - max((each.reach for each in carriers), default=0))
        return None

    def _forget(self, count: int) -> None:
        """Forget the first bytes of what is kept."""
        if count <= 0:
            return
        self.forgotten += count
        while self._kept and count >= len(self._kept[0].data):
            count -= len(self._kept.pop(0).data)
        self._boundary = not count
        if count:
            first = self._kept[0]
            self._kept[0] = Chunk(first.direction, first.data[count:], first.packet)
