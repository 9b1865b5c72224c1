"""Both sides of a connection: HTTP first, and what its messages say then.

::

    Cutter ─► Head, Body ─► Polling ──────┐
           └► Frame ─► Assembler ─► Plain | SocketIo ─► units
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import Idle, Remark
from inspector.carriers.sessions import UNREAD
from inspector.carriers.web.cutting import Body, Cutter, Flaw, Frame, Rest
from inspector.carriers.web.frames import PING, PONG
from inspector.carriers.web.heads import Head
from inspector.carriers.web.messages import Assembler, Unread
from inspector.carriers.web.upkeep import control_unit

from .making import PING_TIMEOUT, Maker, skipped
from .plain import Plain
from .polling import Polling
from .socketio import SocketIo

if TYPE_CHECKING:
    from inspector.carriers.base import Concealment, Express, Side, Unit
    from inspector.carriers.web.cutting import Piece

_LEAST_NS = 1_000_000_000
"""A ping that has had no answer for so long has been missed, not merely crossed."""


class WebSocketTalk:
    """What both sides of one connection say.

    Args:
        conceal: What hides secrets; None where nothing is hidden.
        engine: Whether messages are those of Engine.IO; else they are plain.

    Attributes:
        client: The side that asked for the connection, once that is known.
        plain: Packets that were read on an express way, which there is none.
    """

    plain = 0

    def __init__(self, conceal: Concealment | None, *, engine: bool) -> None:
        self.client: Side | None = None
        self._maker = Maker(conceal)
        self._socketio = SocketIo(self._maker) if engine else None
        self._messages = self._socketio or Plain(self._maker)
        self._polling = Polling(self._maker, self._socketio)
        self._cutters = Cutter(), Cutter()
        self._assemblers = Assembler(), Assembler()
        self._pinged: list[int | None] = [None, None]

    def receive(self, side: Side, data: bytes, time_ns: int) -> list[Unit]:
        """Return the units that the next bytes of a side complete."""
        cutter = self._cutters[side]
        cutter.feed(data)
        units: list[Unit] = []
        while (piece := cutter.cut()) is not None:
            units += self._read(side, piece, time_ns)
        return units

    def lose(self, side: Side) -> list[Unit]:
        """Return what was held back of a side whose next bytes are missing."""
        end, kept = self.received(side), self.buffered(side)
        self._cutters[side].lose()
        self._assemblers[side].lose()
        self._messages.lose(side)
        self._polling.lose()
        return [skipped(side, end - kept, end)] if kept else []

    def received(self, side: Side) -> int:
        """Return how many bytes of a side it was given."""
        return self._cutters[side].received

    def buffered(self, side: Side) -> int:
        """Return how many of them it keeps for a unit that is not complete."""
        cutter = self._cutters[side]
        begins = [cutter.begin, self._assemblers[side].begin]
        if self._socketio is not None:
            begins.append(self._socketio.begin(side))
        return cutter.received - min(each for each in begins if each is not None)

    def begun(self, side: Side) -> int:
        """Return how many of the last bytes belong to one that is not complete."""
        return self.buffered(side)

    def finish(self, side: Side, time_ns: int, cause: str) -> list[Unit]:
        """Return that a side was left: without a response, or for missing pings."""
        if cause not in {"close", "reset"}:
            return []
        other, place = 1 - side, self.received(side)
        if side == self.client and (units := self._polling.left(side, place)):
            return units
        if not self._messages.known:
            return []
        pinged_ns = self._pinged[other]
        waited_ns = 0 if pinged_ns is None else time_ns - pinged_ns
        if pinged_ns is None or waited_ns < self._patience_ns(other):
            return []
        return [
            Remark(
                side=side,
                begin=place,
                end=place,
                code=PING_TIMEOUT,
                duration_ns=waited_ns,
            )
        ]

    def _patience_ns(self, side: Side) -> int:
        """Return how long a side waits for the answer to a ping, as far as it says."""
        if self._socketio is None or side == self.client:
            return _LEAST_NS
        return self._socketio.patience_ns * 9 // 10 or _LEAST_NS  # clocks differ a bit

    def express(self, side: Side) -> Express | None:  # noqa: ARG002 — there is none
        """Return None: each message has to be unmasked first."""
        return None

    def _read(self, side: Side, piece: Piece, time_ns: int) -> list[Unit]:
        """Return what a piece of a stream is."""
        if isinstance(piece, Frame):
            return self._frame(side, piece, time_ns)
        if isinstance(piece, Head):
            return self._head(side, piece)
        if isinstance(piece, Body):
            asks = side == self.client
            return self._polling.body(side, piece, time_ns, asks=asks)
        if isinstance(piece, Flaw):
            return [self._maker.trouble(side, piece.begin, piece.end, piece.detail)]
        assert isinstance(piece, Rest)
        return [skipped(side, piece.begin, piece.end)]

    def _head(self, side: Side, head: Head) -> list[Unit]:
        cutter = self._cutters[side]
        if head.method:
            self.client = side if self.client is None else self.client
            return [self._polling.ask(side, head, cutter)]
        self.client = 1 - side if self.client is None else self.client
        return self._polling.answer(side, head, cutter)

    def _frame(self, side: Side, frame: Frame, time_ns: int) -> list[Unit]:
        if self.client is None:  # clients mask what they send: RFC 6455, section 5.1
            self.client = side if frame.head.mask else 1 - side
        assembler = self._assemblers[side]
        if frame.head.control:
            inside = assembler.add_control(frame)
            if isinstance(inside, Unread):
                return self._unread(side, inside)
            return [self._control(side, frame, time_ns, shown=not inside)]
        message = assembler.add(frame, time_ns)
        if message is None:
            return []
        if isinstance(message, Unread):
            return self._unread(side, message)
        units = self._messages.read(side, message, asks=side == self.client)
        self._note_pings(side, units, time_ns)
        return units

    def _unread(self, side: Side, message: Unread) -> list[Unit]:
        self._messages.lose(side)
        begin, end, words = message.begin, message.end, message.detail
        unit = self._maker.trouble(side, begin, end, words) if words else None
        remark = Remark(side=side, begin=end, end=end, code=UNREAD)
        return [unit or skipped(side, begin, end), remark]

    def _control(self, side: Side, frame: Frame, time_ns: int, *, shown: bool) -> Idle:
        """Return a control frame; between fragments it is written with them."""
        if frame.head.opcode == PING:
            self._pinged[side] = self._pinged[side] or time_ns
        elif frame.head.opcode == PONG:
            self._pinged[1 - side] = None
        hides = self._maker.conceal is not None
        return control_unit(side, frame, hides=hides, shown=shown)

    def _note_pings(self, side: Side, units: list[Unit], time_ns: int) -> None:
        """Note the pings of Engine.IO, and what answers them."""
        for unit in units:
            if isinstance(unit, Idle) and unit.verb == "ping":
                self._pinged[side] = self._pinged[side] or time_ns
            elif isinstance(unit, Idle) and unit.verb == "pong":
                self._pinged[1 - side] = None
