"""GraphQL over WebSocket: operations whose values come as messages.

==================================  ======================================
``connection_init``, ``ack``        idle; so are ``ping`` and ``pong``
``subscribe`` with an id            a request
``next`` with that id               a value
``error``, ``complete``             its end
``complete`` of the client          idle: nobody listens any more
==================================  ======================================

The subprotocol that was before it calls ``subscribe`` and ``next`` ``start`` and
``data``.

Source: ``graphql-ws``, PROTOCOL.md; ``subscriptions-transport-ws``, PROTOCOL.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import Idle
from inspector.carriers.sessions import WrittenTransfer
from inspector.carriers.web.cutting import Cutter, Frame, Mode
from inspector.carriers.web.frames import NAMES
from inspector.carriers.web.messages import Assembler, Envelope
from protocol import UNDEFINED, JsonText, Request, Response, UndefinedType, dumps

from .contents import read_json
from .graphql import failure_in, operation_of, without_literals
from .making import skipped

if TYPE_CHECKING:
    from inspector.carriers.base import Concealment, Side, Unit
    from inspector.carriers.web.cutting import Piece
    from protocol import Json, Packet

SUBPROTOCOLS = {"graphql-transport-ws", "graphql-ws"}
_ASKS = {"subscribe", "start"}
_VALUES = {"next", "data"}
_IDLE = {
    "connection_init",
    "connection_ack",
    "connection_error",
    "connection_terminate",
    "ping",
    "pong",
    "ka",
    "complete",
    "stop",
}
_LEAD, _TAIL = b'{"data":', b"}"


class Subscriptions:
    """Read the messages of one connection.

    Args:
        conceal: What hides secrets; None where nothing is hidden.
        client: The side that has asked for it.
        words: The method and the path of its request.
    """

    def __init__(self, conceal: Concealment | None, client: Side, words: str) -> None:
        self._conceal = conceal
        self._client = client
        self._words = words
        self._cutters = Cutter(), Cutter()
        self._assemblers = Assembler(), Assembler()
        for cutter in self._cutters:
            cutter.expect(Mode.FRAMES)

    def receive(self, side: Side, place: int, data: bytes, time_ns: int) -> list[Unit]:
        """Return the units that the next bytes of a side complete.

        Args:
            side: Whose they are.
            place: The place of the first.
            data: The bytes.
            time_ns: When they were captured.
        """
        cutter = self._cutters[side]
        cutter.received = max(cutter.received, place)
        cutter.feed(data)
        units: list[Unit] = []
        while (piece := cutter.cut()) is not None:
            units += self._read(side, piece, time_ns)
        return units

    def lose(self, side: Side, end: int) -> list[Unit]:
        """Return what is left of a side whose next bytes are missing."""
        kept = self.buffered(side)
        cutter = self._cutters[side]
        cutter.lose()
        cutter.expect(Mode.REST)  # masks make any bytes a frame
        self._assemblers[side].lose()
        return [skipped(side, end - kept, end)] if kept else []

    def buffered(self, side: Side) -> int:
        """Return how many bytes of a side are kept."""
        cutter = self._cutters[side]
        begin = self._assemblers[side].begin
        return cutter.received - (cutter.begin if begin is None else begin)

    def _read(self, side: Side, piece: Piece, time_ns: int) -> list[Unit]:
        if not isinstance(piece, Frame):
            return [skipped(side, piece.begin, piece.end)]
        assembler = self._assemblers[side]
        if piece.head.control:
            inside = assembler.add_control(piece)
            whole = Envelope(piece.begin, piece.end, piece.payload, (piece,))
            verb = NAMES[piece.head.opcode]
            return [] if inside else [self._idle(side, whole, verb)]
        envelope = assembler.add(piece, time_ns)
        if envelope is None:
            return []
        if not isinstance(envelope, Envelope):
            return [skipped(side, envelope.begin, envelope.end)]
        return [self._message(side, envelope)]

    def _message(self, side: Side, envelope: Envelope) -> Unit:
        """Return a message as what it is."""
        text = envelope.payload if self._conceal is None else self._shown(envelope)
        value = UNDEFINED if envelope.binary else read_json(text)
        kind = value.get("type") if isinstance(value, dict) else None
        packet = None
        if isinstance(value, dict) and isinstance(kind, str):
            packet = self._packet(kind, value, asks=side == self._client)
        if packet is None or not isinstance(value, dict):
            known = isinstance(kind, str) and kind in _IDLE
            return self._idle(side, envelope, f"{kind}" if known else "text", text)
        conceals = self._conceal is not None
        return WrittenTransfer(
            side=side,
            begin=envelope.begin,
            end=envelope.end,
            packet=packet,
            body=_body(packet),
            correlation=f"{value['id']}",
            sent=envelope.sent if conceals else b"",
            shown=envelope.rewritten(text) if conceals else b"",
        )

    def _packet(
        self, kind: str, message: dict[str, Json], *, asks: bool
    ) -> Packet | None:
        """Return what a message asks or answers; None where it does neither."""
        if not isinstance(message.get("id"), str):
            return None
        payload = message.get("payload", UNDEFINED)
        if asks and kind in _ASKS:
            words = f"{self._words} {operation_of(payload)}".strip()
            return Request(words, 0, _text(payload))
        return None if asks else _answer(kind, payload)

    def _shown(self, envelope: Envelope) -> bytes:
        """Return a message as it may be shown, in as many bytes."""
        payload, conceal = envelope.payload, self._conceal
        assert conceal is not None
        value = UNDEFINED if envelope.binary else read_json(payload)
        if not isinstance(value, dict):
            return b"x" * len(payload)
        if value.get("type") == "connection_init":  # which logs in
            return _logging_in(payload)
        shown = conceal.body(_LEAD + without_literals(payload) + _TAIL)
        return shown[len(_LEAD) : -len(_TAIL)]

    def _idle(
        self, side: Side, envelope: Envelope, verb: str, text: bytes | None = None
    ) -> Idle:
        """Return a message that neither asks nor answers."""
        conceals = self._conceal is not None
        shown = envelope.payload
        if conceals:
            shown = b"x" * len(envelope.payload) if text is None else text
        return Idle(
            side=side,
            begin=envelope.begin,
            end=envelope.end,
            verb=verb,
            text=envelope.rewritten(shown) if conceals else envelope.sent,
            original=envelope.sent if conceals else b"",
        )


def _logging_in(payload: bytes) -> bytes:
    """Return the message with which a client logs in, without anything but its type."""
    shown = b'{"type":"connection_init"}'
    lacking = len(payload) - len(shown)
    return shown + b" " * lacking if lacking >= 0 else b"x" * len(payload)


def _text(value: Json) -> JsonText | UndefinedType:
    return UNDEFINED if value is UNDEFINED else JsonText(dumps(value))


def _body(packet: Packet) -> bytes:
    """Return the payload of a packet as text; nothing where it has none."""
    if isinstance(packet, Request):
        payload = packet.data
    else:
        assert isinstance(packet, Response)
        payload = packet.response if packet.err is UNDEFINED else packet.err
    return b"" if payload is UNDEFINED else bytes(payload)


def _answer(kind: str, payload: Json) -> Packet | None:
    """Return what a server answers; None where it does not."""
    if kind in _VALUES:
        failure = failure_in(payload)
        if failure is not None:
            return Response(0, err=_text(failure))
        return Response(0, _text(payload))
    if kind == "error":
        first = payload[0] if isinstance(payload, list) and payload else payload
        err = first or {"message": "error"}
        return Response(0, err=_text(err), is_disposed=True)
    return Response(0, is_disposed=True) if kind == "complete" else None
