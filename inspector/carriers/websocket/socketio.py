"""Messages of Socket.IO over Engine.IO: events, acknowledgements, and what is around.

===========================  ==================================================
``0{"sid":…}`` … ``6``       Engine.IO: open, close, ping, pong, upgrade, noop
``40/main,{…}``  ``41``      CONNECT, DISCONNECT: idle; ``44`` refuses
``42["log","é"]``            an event, whichever side sends it
``427["sum",[1,2]]``         a request, answered by ``437[3]``
``451-["file",{…}]``         the same with attachments, each a binary message
===========================  ==================================================

Source: the protocols of Engine.IO (revision 4) and Socket.IO (revision 5).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from inspector.carriers.sessions import SessionTransfer
from protocol import UNDEFINED, Event, JsonText, Request, Response, loads

from . import packets as socket
from .making import REFUSED, skipped
from .payloads import (
    EXCEPTION,
    arguments,
    at,
    cause_in,
    hidden,
    items_of,
    members_of,
    named,
)
from .payloads import text_of as string_of

if TYPE_CHECKING:
    from inspector.carriers.base import Concealment, Side, Trouble, Unit
    from inspector.carriers.web.messages import Envelope

    from .making import Maker
    from .packets import Packet

ENGINE = {
    b"0": "open",
    b"1": "close",
    b"2": "ping",
    b"3": "pong",
    b"5": "upgrade",
    b"6": "noop",
}
MESSAGE = b"4"
_EVENTS = {socket.EVENT, socket.BINARY_EVENT}
_ACKS = {socket.ACK, socket.BINARY_ACK}
_ASKED, _ANSWERED = b"data", b"response"
_MILLISECOND = 1_000_000  # in nanoseconds
_MOST_NAMESPACES = 64
"""Namespaces of a session of which it is known what its client is called there."""


class _Awaited(msgspec.Struct):
    """A packet whose attachments are to come."""

    packet: Packet
    envelopes: list[Envelope]


class SocketIo:
    """What messages of one connection are.

    Args:
        maker: Makes their units.

    Attributes:
        known: Whether it is known to be Socket.IO: its requests say so.
        session: What Engine.IO calls the session; empty until that is known.
        patience_ns: How long a gateway waits for the answer to a ping; 0 if it does
            not say.
    """

    known = True

    def __init__(self, maker: Maker) -> None:
        self.session = ""
        self.patience_ns = 0
        self._maker = maker
        self._sockets: dict[str, str] = {}  # by namespace
        self._awaited: list[_Awaited | None] = [None, None]

    def open(self, session: str) -> None:
        """Learn which session it is."""
        self.session = session

    def read(self, side: Side, envelope: Envelope, *, asks: bool) -> list[Unit]:
        """Return what a message of Engine.IO is.

        Args:
            side: Who sent it.
            envelope: The message.
            asks: Whether that is the client.
        """
        if envelope.binary:
            return self._attach(side, envelope, asks=asks)
        units = self._give_up(side)
        kind = envelope.payload[:1]
        if kind == MESSAGE:
            return [*units, *self._message(side, envelope, asks=asks)]
        if kind == b"0":
            self._open(envelope.payload)
        verb = ENGINE.get(kind)
        if verb is None:
            words = "a message is none of Engine.IO"
            return [*units, self._trouble(side, envelope, words)]
        own = envelope.payload  # which Engine.IO makes up itself
        return [*units, self._maker.idle(side, envelope, verb, own)]

    def _open(self, payload: bytes) -> None:
        """Learn what a gateway says of a session that it opens."""
        members = members_of(payload[1:]) or {}
        if "sid" in members:
            self.session = string_of(members["sid"]) or self.session
        waits = loads(members["pingTimeout"]) if "pingTimeout" in members else 0
        if isinstance(waits, int) and waits > 0:
            self.patience_ns = waits * _MILLISECOND

    def _message(self, side: Side, envelope: Envelope, *, asks: bool) -> list[Unit]:
        packet = socket.read_packet(envelope.payload[1:])
        if packet is None:
            words = "a message is no packet of Socket.IO"
            return [self._trouble(side, envelope, words)]
        if packet.attachments > socket.MOST_ATTACHMENTS:
            words = f"a packet has {packet.attachments:,} attachments"
            return [self._trouble(side, envelope, words)]
        if packet.attachments:
            self._awaited[side] = _Awaited(packet, [envelope])
            return []
        return self._read(side, packet, envelope, asks=asks)

    def _read(
        self, side: Side, packet: Packet, envelope: Envelope, *, asks: bool
    ) -> list[Unit]:
        """Return what a packet is, with its attachments."""
        if packet.kind in _EVENTS or packet.kind in _ACKS:
            unit = self._transfer(side, packet, envelope, asks=asks)
            if unit is None:
                words = f"the JSON of {_article(packet)} is no array with a name in it"
                return [self._trouble(side, envelope, words)]
            return self._maker.uncaused(unit)
        space = _space(packet, self._maker.conceal)
        shown = _headed(envelope, packet, space)
        if packet.kind == socket.CONNECT and not asks:  # with nothing but an identifier
            self._name(packet)
            shown += hidden(packet.text, _ASKED, self._maker.conceal)
        verb = packet.name
        if packet.namespace != "/":
            verb += f" {space}"
        units: list[Unit] = [self._maker.idle(side, envelope, verb, shown)]
        if packet.kind == socket.CONNECT_ERROR:
            said = (members_of(packet.text) or {}).get("message")
            text = None if said is None else string_of(said)
            words = f"namespace {space}: “{text or ''}”"
            units.append(
                self._maker.trouble(side, envelope.begin, envelope.end, words, REFUSED)
            )
        return units

    def _name(self, packet: Packet) -> None:
        """Learn what a gateway calls its client in a namespace."""
        name = (members_of(packet.text) or {}).get("sid")
        if name is not None and len(self._sockets) < _MOST_NAMESPACES:
            self._sockets[packet.namespace] = string_of(name) or ""

    def _transfer(
        self, side: Side, packet: Packet, envelope: Envelope, *, asks: bool
    ) -> SessionTransfer | None:
        """Return an event or an acknowledgement; None where it is malformed."""
        items = items_of(packet.text)
        if items is None:
            return None
        event = packet.kind in _EVENTS
        name = string_of(items[0]) if event and items else None
        if event == (name is None) or not (event or packet.number is not None):
            return None
        data = arguments(items[1:] if event else items)
        failed = name == EXCEPTION and not asks
        blames = cause_in(data) if failed else None
        body = self._hidden(packet, items, blames)
        shown, said = data, name
        if body != packet.text:
            items = items_of(body) or [JsonText(b'""')]
            shown = arguments(items[1:] if event else items)
            said = string_of(items[0]) if event else None
        unit = SessionTransfer(
            side=side,
            begin=envelope.begin,
            end=envelope.end,
            packet=_packet(packet, said, shown),
            body=body,
            correlation=_key(packet, asks=asks == event),
            session=self.session,
            socket=self._sockets.get(packet.namespace, ""),
            cause=(name, data) if asks and name is not None else None,
            blames=blames,
            facts={"namespace": _space(packet, self._maker.conceal)},
        )
        if self._maker.conceal is not None:
            unit.sent = envelope.sent
            head = _headed(envelope, packet, _space(packet, self._maker.conceal))
            unit.shown = envelope.rewritten(head + body) if envelope.sent else b""
        return unit

    def _hidden(
        self, packet: Packet, items: list[JsonText], blames: tuple[str, object] | None
    ) -> bytes:
        """Return the JSON of a packet without secrets; its name is not of the data."""
        conceal = self._maker.conceal
        if conceal is None:
            return packet.text
        event = packet.kind in _EVENTS
        key = _ASKED if event else _ANSWERED
        body = hidden(packet.text, key, conceal, blames)  # type: ignore[arg-type]
        if event:
            name = bytes(items[0])
            place = packet.text.find(name)
            body = at(body, place, named(name, conceal))
        return body

    def _attach(self, side: Side, envelope: Envelope, *, asks: bool) -> list[Unit]:
        """Take an attachment; return the packet with the last of them."""
        awaited = self._awaited[side]
        if awaited is None and not envelope.frames:  # of a packet in another payload
            return [self._maker.idle(side, envelope, "attachment")]
        if awaited is None:  # the capture may lack the packet that it belongs to
            return [skipped(side, envelope.begin, envelope.end)]
        awaited.envelopes.append(envelope)
        if len(awaited.envelopes) <= awaited.packet.attachments:
            return []
        self._awaited[side] = None
        whole = _joined(awaited.envelopes)
        return self._read(side, awaited.packet, whole, asks=asks)

    def flush(self, side: Side, *, asks: bool) -> list[Unit]:
        """Return a packet whose attachments come in another payload.

        That may be on another connection of the session.
        """
        awaited, self._awaited[side] = self._awaited[side], None
        if awaited is None:
            return []
        whole = _joined(awaited.envelopes)
        return self._read(side, awaited.packet, whole, asks=asks)

    def _give_up(self, side: Side) -> list[Unit]:
        """Return what lacks attachments, where something else comes instead."""
        awaited, self._awaited[side] = self._awaited[side], None
        if awaited is None:
            return []
        lacks = awaited.packet.attachments - len(awaited.envelopes) + 1
        words = f"{_article(awaited.packet)} lacks {lacks} of its attachments"
        first, last = awaited.envelopes[0], awaited.envelopes[-1]
        return [self._maker.trouble(side, first.begin, last.end, words)]

    def lose(self, side: Side) -> None:
        """Forget a packet whose attachments may be missing."""
        self._awaited[side] = None

    def begin(self, side: Side) -> int | None:
        """Return where a packet begins whose attachments are to come."""
        awaited = self._awaited[side]
        return None if awaited is None else awaited.envelopes[0].begin

    def _trouble(self, side: Side, envelope: Envelope, detail: str) -> Trouble:
        unit = self._maker.trouble(side, envelope.begin, envelope.end, detail)
        unit.framed = True
        return unit


def _packet(
    packet: Packet, name: str | None, data: JsonText | msgspec.UnsetType | object
) -> Request | Event | Response:
    payload = data if isinstance(data, JsonText) else UNDEFINED
    if name is None:
        return Response(packet.number, payload, is_disposed=True)
    if packet.number is None:
        return Event(name, payload)
    return Request(name, packet.number, payload)


def _key(packet: Packet, *, asks: bool) -> tuple[str, bool, int] | None:
    """Return what an event and its acknowledgement have in common.

    Args:
        packet: One of both.
        asks: Whether it is the client who has asked: both sides count from 0.
    """
    if packet.number is None:
        return None
    return packet.namespace, asks, packet.number


def _joined(envelopes: list[Envelope]) -> Envelope:
    """Return a packet and its attachments as one message, whose payload is its own."""
    first, *attached = envelopes
    last = envelopes[-1]
    apart = any(
        before.end != after.begin
        for before, after in zip(envelopes, attached, strict=False)
    )
    return msgspec.structs.replace(
        first,
        end=last.end,
        attached=tuple(attached),
        opaque=apart or any(each.opaque for each in envelopes),
        time_ns=last.time_ns,
    )


def _space(packet: Packet, conceal: Concealment | None) -> str:
    """Return the namespace of a packet as it may be shown, in as many bytes."""
    name = packet.namespace
    if conceal is None or name == "/":
        return name
    return "/" + conceal.channel(name[1:].encode()).decode("utf-8", "replace")


def _headed(envelope: Envelope, packet: Packet, space: str) -> bytes:
    """Return what comes before the JSON of a packet, with its namespace so."""
    head = envelope.payload[: 1 + packet.place]
    own = packet.namespace.encode()
    return head if own not in head else head.replace(own, space.encode(), 1)


def _article(packet: Packet) -> str:
    return f"{'an' if packet.name[0] in 'AE' else 'a'} {packet.name}"
