"""Both sides of a connection that speaks Nest's TCP: each is read by itself.

All that they share is who asks: whoever sends a pattern.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .patience import Silence
from .reading import Reader

if TYPE_CHECKING:
    from inspector.carriers.base import Concealment, Express, Unit


class NestTcpTalk:
    """What both sides of one connection say.

    Args:
        conceal: What hides secrets in bodies; None where nothing is hidden.

    Attributes:
        client: The side that asks, once that is known.
    """

    def __init__(self, conceal: Concealment | None) -> None:
        self.client: int | None = None
        self._readers = Reader(self, 0, conceal), Reader(self, 1, conceal)

    @property
    def plain(self) -> int:
        """Frames that were read as one whole plain piece."""
        return sum(reader.plain for reader in self._readers)

    def receive(self, side: int, data: bytes, time_ns: int) -> list[Unit]:
        """Return the packets that the next bytes of a side complete."""
        return self._readers[side].receive(data, time_ns)

    def lose(self, side: int) -> list[Unit]:
        """Return what was held back of a side whose next bytes are missing."""
        return self._readers[side].lose()

    def received(self, side: int) -> int:
        """Return how many bytes of a side it was given."""
        return self._readers[side].received

    def buffered(self, side: int) -> int:
        """Return how many of them it keeps for a frame that is not complete."""
        return self._readers[side].buffered

    def begun(self, side: int) -> int:
        """Return how many of the last bytes belong to a frame that is not complete."""
        return self._readers[side].begun

    def finish(self, side: int, time_ns: int, cause: str) -> list[Unit]:
        """Return what was held back of a side, and a frame that lacks its end."""
        return self._readers[side].finish(Silence(time_ns, cause))

    def express(self, side: int) -> Express | None:  # noqa: ARG002
        """Return nothing: its frames are cut before it is asked."""
        return None

    def frames(self, side: int) -> Reader | None:
        """Return the reader of a side while its next bytes may be one plain frame."""
        reader = self._readers[side]
        return reader if reader.ready else None
