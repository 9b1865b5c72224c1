"""A connection over TCP, or over WebSocket: its first bytes show which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .framing import is_framed
from .talk import MqttTalk

if TYPE_CHECKING:
    from inspector.carriers.base import Concealment, Express, Side, Unit

    from .framed_talk import FramedTalk
    from .hops import HopReader


class EitherTalk:
    """What both sides of one connection say.

    Args:
        conceal: What hides secrets; None where nothing is hidden.
        whole: Whether the capture has the beginning of the connection.

    Attributes:
        plain: Packets that were read on an express way, which there is none.
    """

    plain = 0

    def __init__(self, conceal: Concealment | None, *, whole: bool) -> None:
        self._conceal = conceal
        self._whole = whole
        self._decided = False
        self._talk: MqttTalk | FramedTalk = MqttTalk(conceal)

    @property
    def client(self) -> Side | None:
        """The side that is not the broker, once that is known."""
        return self._talk.client

    @client.setter
    def client(self, side: Side | None) -> None:
        self._talk.client = side

    def receive(self, side: Side, data: bytes, time_ns: int) -> list[Unit]:
        """Return the units that the next bytes of a side complete."""
        if not self._decided and data:
            self._decide(data)
        return self._talk.receive(side, data, time_ns)

    def _decide(self, data: bytes) -> None:
        """Decide by the first bytes that are read of either side."""
        self._decided = True
        if is_framed(data):
            from .framed_talk import FramedTalk  # noqa: PLC0415 — not where none speaks it

            client = self._talk.client
            self._talk = FramedTalk(self._conceal, whole=self._whole)
            self._talk.client = client

    def lose(self, side: Side) -> list[Unit]:
        """Return what was held back of a side whose next bytes are missing."""
        return self._talk.lose(side)

    def received(self, side: Side) -> int:
        """Return how many bytes of a side it was given."""
        return self._talk.received(side)

    def buffered(self, side: Side) -> int:
        """Return how many of them it keeps for a packet that is not complete."""
        return self._talk.buffered(side)

    def begun(self, side: Side) -> int:
        """Return how many of the last bytes belong to one that is not complete."""
        return self._talk.begun(side)

    def finish(self, side: Side, time_ns: int, cause: str) -> list[Unit]:
        """Return nothing: what lacks its end says nothing."""
        return self._talk.finish(side, time_ns, cause)

    def express(self, side: Side) -> Express | None:
        """Return None: of a transfer more matters than the packet."""
        return self._talk.express(side)

    def hops(self, side: Side) -> HopReader | None:
        """Return what reads plain hops of a side, if its next bytes may be one."""
        return self._talk.hops(side)
