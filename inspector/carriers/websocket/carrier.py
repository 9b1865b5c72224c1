"""WebSocket as two carriers: Nest's adapter for ``ws``, and Socket.IO over Engine.IO.

Both are direct: who asks and who answers are at the ends of one connection, or of one
session.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import Cost, Errand, Idle, Transfer
from protocol import Event, Response

from .recognition import REACH, find, recognise

if TYPE_CHECKING:
    from inspector.carriers.base import (
        Concealment,
        Recognition,
        Taken,
        Talk,
        Unit,
        Verdict,
    )

_MESSAGE = Cost(2, "event, answer")
_EVENT = Cost(1, "event")


class WebSocket:
    """Messages over WebSocket.

    Args:
        engine: Whether they are those of Socket.IO over Engine.IO.

    Source: ``packages/platform-ws``, ``packages/platform-socket.io``.
    """

    brokered = False
    queued = False
    sessions = True
    reach = REACH

    def __init__(self, *, engine: bool) -> None:
        self.name = "socketio" if engine else "ws"
        self.title = "Socket.IO" if engine else "WebSocket"
        self._engine = engine

    def recognise(self, beginning: bytes) -> Recognition | Verdict:
        """Judge a stream by the bytes that one side begins with."""
        return recognise(beginning, engine=self._engine)

    def find(self, middle: bytes, *, boundary: bool) -> Recognition | None:
        """Find the first message in the middle of a stream."""
        return find(middle, boundary=boundary, engine=self._engine)

    def talk(self, conceal: Concealment | None, *, whole: bool) -> Talk:  # noqa: ARG002
        """Return what reads one connection; what was agreed on before is learnt."""
        from .talk import WebSocketTalk  # noqa: PLC0415 — not where nobody speaks it

        return WebSocketTalk(conceal, engine=self._engine)

    def cost(self, taken: Taken) -> Cost | None:
        """Return a packet for each message."""
        if taken.kind == "message":
            return _MESSAGE
        return _EVENT if taken.kind == "event" else None

    def explain(self, unit: Unit) -> str:
        """Return a unit in a few words."""
        if isinstance(unit, Transfer):
            if isinstance(unit.packet, Response):
                return "acknowledgement"
            asks = not isinstance(unit.packet, Event)
            return "event with acknowledgement" if asks else "event"
        return unit.verb if isinstance(unit, Idle | Errand) else ""

    def measure(self, transfer: Transfer) -> str:  # noqa: ARG002 — bytes are enough
        """Return nothing: WebSocket counts bytes."""
        return ""


ws = WebSocket(engine=False)
socketio = WebSocket(engine=True)
