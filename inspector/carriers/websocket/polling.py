"""HTTP around a WebSocket: its handshake, and the polling with which Engine.IO begins.

::

    GET  /socket.io/?EIO=4&transport=polling         ─► 0{"sid":"…"}
    POST …&sid=…      40 ␞ 42["log",1]               ─► ok
    GET  …&sid=…                                     ─► 42["news",2] ␞ 2
    GET  …&transport=websocket&sid=…  Upgrade        ─► 101, and frames

A response answers the oldest request of its connection that has none.

Source: the protocol of Engine.IO, revision 4; RFC 9112.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import msgspec

from inspector.carriers.sessions import SessionTransfer
from inspector.carriers.web.cutting import Mode, inflated_body
from inspector.carriers.web.deflate import MOST
from inspector.carriers.web.messages import Envelope
from inspector.carriers.web.upkeep import head_unit

from .making import REFUSED
from .payloads import members_of
from .payloads import text_of as string_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.carriers.base import Idle, Side, Unit
    from inspector.carriers.web.cutting import Body, Cutter
    from inspector.carriers.web.heads import Head

    from .making import Maker
    from .socketio import SocketIo

SEPARATOR = b"\x1e"
"""What stands between two packets of a payload."""
BINARY = b"b"
"""What a binary packet begins with, in base64."""
ENGINE = "EIO"
"""The parameter with which Engine.IO says its revision."""
_MOST_REQUESTS = 64
"""Requests of a connection whose responses are awaited; clients send one at a time."""
_SWITCHED, _REFUSED_FROM, _NO_CONTENT, _NOT_MODIFIED = 101, 400, 204, 304
_INFORMATION = 200  # below it another response follows
_OK = b"ok"


class Asked(msgspec.Struct):
    """A request, as far as its response depends on it.

    Attributes:
        head: Its head; None where the capture lacks it.
        engine: Whether it is Engine.IO's.
        session: Which session it is for; empty for a new one.
    """

    head: Head | None = None
    engine: bool = False
    session: str = ""

    @property
    def upgrades(self) -> bool:
        """Whether it asks for a WebSocket."""
        return self.head is not None and self.head.upgrades


class Polling:
    """Read the HTTP messages of one connection.

    Args:
        maker: Makes their units.
        messages: Reads packets of Engine.IO; None where none are expected.
    """

    def __init__(self, maker: Maker, messages: SocketIo | None) -> None:
        self._maker = maker
        self._messages = messages
        self._asked: deque[Asked] = deque(maxlen=_MOST_REQUESTS)
        self._posted = Asked()
        self._answered = Asked()
        self._response: Head | None = None
        self._coding = ""

    def lose(self) -> None:
        """Learn that bytes are missing: which response is for which is not known."""
        self._asked.clear()
        self._posted = self._answered = Asked(engine=self._messages is not None)

    def ask(self, side: Side, head: Head, cutter: Cutter) -> Unit:
        """Return a request, and say what comes after its head."""
        parameters = head.parameters
        engine = self._messages is not None and ENGINE in parameters
        self._posted = Asked(head, engine, parameters.get("sid", ""))
        self._asked.append(self._posted)
        self._expect(head, cutter, head.length or 0)
        verb = f"{head.method} {parameters.get('transport', '')}".strip()
        if head.upgrades:
            verb = f"{head.method} upgrade"
        return self._unit(side, head, verb, known=engine or head.upgrades)

    def answer(self, side: Side, head: Head, cutter: Cutter) -> list[Unit]:
        """Return a response, and say what comes after its head."""
        if head.status != _SWITCHED and head.status < _INFORMATION:
            return [self._unit(side, head, f"{head.status}", known=False)]
        unknown = Asked(engine=self._messages is not None)
        self._answered = asked = self._asked.popleft() if self._asked else unknown
        self._response = head
        known = asked.engine or asked.upgrades
        units: list[Unit] = [self._unit(side, head, f"{head.status}", known=known)]
        if head.status == _SWITCHED:
            cutter.expect(Mode.FRAMES)
            if self._messages is not None and asked.session:
                self._messages.open(asked.session)
            return units
        empty = head.status in {_NO_CONTENT, _NOT_MODIFIED} or (
            asked.head is not None and asked.head.method == "HEAD"
        )
        self._expect(head, cutter, 0 if empty else head.length, empty=empty)
        if empty or head.length == 0:
            units += self._refusal(side, head.begin, head.end, b"")
        return units

    def left(self, side: Side, place: int) -> list[Unit]:
        """Return that a handshake has had no response when the connection ends.

        So Nest refuses a path that no gateway has, with its adapter for ``ws``.
        """
        if not any(each.upgrades for each in self._asked):
            return []
        self._asked.clear()
        words = "the end of the connection"
        return [self._maker.trouble(side, place, place, words, REFUSED)]

    def _expect(
        self, head: Head, cutter: Cutter, length: int | None, *, empty: bool = False
    ) -> None:
        """Say how long the body after a head is."""
        self._coding = head.fields.get("content-encoding", "").lower()
        if head.chunked and not empty:
            cutter.expect(Mode.CHUNKS)
        elif length is None:
            cutter.expect(Mode.REST)  # until the connection ends
        elif length:
            cutter.expect(Mode.BODY, length)

    def _unit(self, side: Side, head: Head, verb: str, *, known: bool) -> Idle:
        """Return a head; one of something else is not written where that hides."""
        shown = known or self._maker.conceal is None
        return head_unit(side, head, verb, shown=shown)

    def body(self, side: Side, body: Body, time_ns: int, *, asks: bool) -> list[Unit]:
        """Return what the body of a message holds."""
        asked = self._posted if asks else self._answered
        failed = not asks and (
            self._response is not None and self._response.status >= _REFUSED_FROM
        )
        if failed or not asked.engine or self._messages is None:
            whole = Envelope(body.begin, body.end, body.data, opaque=body.chunked)
            units: list[Unit] = [self._maker.idle(side, whole, "body")]
            if failed:
                units += self._refusal(side, body.begin, body.end, body.data)
            return units
        text = inflated_body(body.data, "" if asks else self._coding, MOST)
        if text is None:
            words = "a payload cannot be decoded"
            return [self._maker.trouble(side, body.begin, body.end, words)]
        if text == _OK and not asks:
            whole = Envelope(body.begin, body.end, text, opaque=text is not body.data)
            return [self._maker.idle(side, whole, "ok", text)]
        if asked.session:
            self._messages.open(asked.session)
        return self._payload(side, body, text, time_ns, asks=asks)

    def _payload(
        self, side: Side, body: Body, text: bytes, time_ns: int, *, asks: bool
    ) -> list[Unit]:
        """Return the packets of a payload; an answer to them may come elsewhere."""
        assert self._messages is not None
        opaque = body.chunked or text is not body.data
        units: list[Unit] = []
        for envelope in _packets(body, text, opaque=opaque):
            envelope.time_ns = time_ns
            units += self._messages.read(side, envelope, asks=asks)
        units += self._messages.flush(side, asks=asks)
        for unit in units:
            if isinstance(unit, SessionTransfer):
                unit.roams = True
        return units

    def _refusal(self, side: Side, begin: int, end: int, body: bytes) -> list[Unit]:
        """Return that a gateway has refused, if it has."""
        head, asked = self._response, self._answered
        if head is None or head.status < _REFUSED_FROM:
            return []
        if not (asked.engine or asked.upgrades):
            return []
        words = f"{head.status} {head.reason}".strip()
        message = (members_of(body) or {}).get("message") if body[:1] == b"{" else None
        said = None if message is None else string_of(message)
        if said:
            words += f", “{said}”"
        return [self._maker.trouble(side, begin, end, words, REFUSED)]


def _packets(body: Body, text: bytes, *, opaque: bool) -> Iterator[Envelope]:
    """Yield the packets of a payload; a separator belongs to what it precedes."""
    place, prefix = body.begin, b""
    for part in text.split(SEPARATOR):
        binary = part.startswith(BINARY)
        begin, end = place, place + len(prefix) + len(part)
        if opaque:
            begin, end = body.begin, body.end
        lead = prefix + BINARY * binary
        payload = part[1:] if binary else part
        yield Envelope(begin, end, payload, prefix=lead, binary=binary, opaque=opaque)
        place, prefix = end, SEPARATOR
