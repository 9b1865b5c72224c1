"""Both sides of a connection: which response answers which request.

::

    Side.raw ─► Head ─► Reach ─► a request or a response, whole or in parts
             └► GraphQL over WebSocket, once both have agreed on it

The first response answers the first request, whatever comes between them in a capture.
Once bytes are missing, or where the capture begins in the middle, a response answers
the only request that waits; of several nobody knows which.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import Idle, Remark
from inspector.carriers.sessions import UNREAD
from inspector.carriers.web.heads import END, LONGEST, read_head
from protocol.named_tuple import NamedTuple

from .bodies import MOST, Chunked, Length, UntilEnd
from .events import TYPE, end_of_event
from .making import Maker, Piece, skipped
from .recognition import begins
from .requests import pattern_of
from .side import Message, Side
from .subscriptions import SUBPROTOCOLS, Subscriptions

if TYPE_CHECKING:
    from inspector.carriers.base import Concealment, Express, Unit
    from inspector.carriers.base import Side as Which
    from inspector.carriers.web.heads import Head

    from .bodies import Reach

_MOST_ASKED = 1_024
"""Requests of a connection whose responses are awaited."""
_LINE_END = b"\r\n"
_ANSWER = b"HTTP/1."
_SWITCHED, _FINAL, _REDIRECTED = 101, 200, 300
_BODILESS = {204, 304}


class Asked(NamedTuple):
    """What of a request its response depends on.

    Attributes:
        method: Its method.
        words: Its method and path, as they may be shown.
    """

    method: str = ""
    words: str = ""


class HttpTalk:
    """What both sides of one connection say.

    Args:
        conceal: What hides secrets; None where nothing is hidden.
        whole: Whether the capture holds the beginning of the connection.

    Attributes:
        client: The side that sends requests, once that is known.
        plain: Packets that were read on an express way, which there is none.
    """

    plain = 0

    def __init__(self, conceal: Concealment | None, *, whole: bool) -> None:
        self.client: Which | None = None
        self._conceal = conceal
        self._maker = Maker(conceal)
        self._sides = Side(), Side()
        self._asked: dict[int, Asked] = {}
        self._requests = self._responses = self._strays = 0
        self._sure, self._pipelines = whole, False
        self._socket: Subscriptions | None = None

    def receive(self, side: Which, data: bytes, time_ns: int) -> list[Unit]:
        """Return the units that the next bytes of a side complete."""
        own = self._sides[side]
        own.feed(data)
        units: list[Unit] = []
        while self._socket is None:
            found = self._next(side, own)
            if found is None:
                return units
            units += found
        rest = own.take(len(own.raw))
        if rest:
            units += self._socket.receive(side, own.received - len(rest), rest, time_ns)
        return units

    def lose(self, side: Which) -> list[Unit]:
        """Return what is left of a side whose next bytes are missing."""
        own = self._sides[side]
        self._doubt(side)
        if self._socket is not None:
            return self._socket.lose(side, own.received)
        units = self._give_up(side, own)
        own.forget()
        return units

    def received(self, side: Which) -> int:
        """Return how many bytes of a side it was given."""
        return self._sides[side].received

    def buffered(self, side: Which) -> int:
        """Return how many of them it keeps for a unit that is not complete."""
        if self._socket is not None:
            return self._socket.buffered(side) + len(self._sides[side].raw)
        return len(self._sides[side].raw)

    def begun(self, side: Which) -> int:
        """Return how many of the last bytes belong to one that is not complete."""
        return self.buffered(side)

    def finish(self, side: Which, time_ns: int, cause: str) -> list[Unit]:  # noqa: ARG002 — it does not matter when
        """Return what has come of a message that is not complete."""
        own, message = self._sides[side], self._sides[side].message
        if message is None:
            return []
        ends = isinstance(message.reach, UntilEnd) and cause in {"close", "reset"}
        units = self._complete(side, own) if ends else self._give_up(side, own)
        own.forget()
        return units

    def express(self, side: Which) -> Express | None:  # noqa: ARG002 — there is none
        """Return None: each message has a head of its own."""
        return None

    def _next(self, side: Which, own: Side) -> list[Unit] | None:
        """Return the next units of a side; None while they are not complete."""
        if own.message is not None and not own.rest:
            return self._go_on(side, own, own.message)
        if not own.raw:
            return None
        return self._skip(side, own) if own.rest else self._begin(side, own)

    def _skip(self, side: Which, own: Side) -> list[Unit]:
        """Return all bytes as such of which nothing is read."""
        begin = own.begin
        own.take(len(own.raw))
        return [skipped(side, begin, own.received)]

    def _begin(self, side: Which, own: Side) -> list[Unit] | None:
        """Return what a head says, and expect its body."""
        if own.raw.startswith(_LINE_END):  # which some send after a body
            begin = own.begin
            line = own.take(len(_LINE_END))
            end = begin + len(line)
            return [Idle(side=side, begin=begin, end=end, verb="blank", text=line)]
        place = own.raw.find(END, max(own.searched - len(END), 0))
        if place < 0:
            own.searched = len(own.raw)
            own.rest = len(own.raw) > LONGEST or not (
                _LINE_END.startswith(own.raw) or begins(own.raw)
            )
            return [] if own.rest else None
        size = place + len(END)
        head = read_head(bytes(own.raw[:size]), own.begin)
        if head is not None and self.client is None:
            self.client = side if head.method else 1 - side
        if head is None or (side == self.client) is not bool(head.method):
            own.rest = True
            return []
        own.place = size
        if head.method:
            own.message = self._request(head)
            return []
        return self._response(side, own, head)

    def _request(self, head: Head) -> Message:
        """Note a request that is to be answered."""
        server = self._sides[1 - (self.client or 0)]
        answers = server.message is not None
        self._pipelines |= self._sure and bool(self._asked or answers)
        self._requests += 1
        key = self._requests
        shown = self._maker.shown(head)
        self._asked[key] = Asked(head.method, pattern_of(shown, None))
        if len(self._asked) > _MOST_ASKED:
            del self._asked[next(iter(self._asked))]
        reach: Reach = Chunked() if head.chunked else Length(head.length or 0)
        return Message(head, key, reach)

    def _response(self, side: Which, own: Side, head: Head) -> list[Unit]:
        """Return a response that another one follows; else expect its body."""
        if head.status != _SWITCHED and head.status < _FINAL:
            own.take(len(head.data))
            return [self._maker.interim(side, head)]
        units = self._remark(side, head.begin)
        key, asked = self._answered()
        opens = asked.method == "CONNECT" and head.status < _REDIRECTED
        empty = asked.method == "HEAD" or head.status in _BODILESS
        own.message = message = Message(head, key, Length(0), not asked.method)
        if head.status == _SWITCHED or opens:
            units += self._complete(side, own)
            self._switch(head, asked)
            return units
        if empty:
            return units
        if head.chunked:
            message.reach = Chunked()
        elif head.length is None:
            message.reach = UntilEnd()
        else:
            message.reach = Length(head.length)
        kind = head.fields.get("content-type", "").partition(";")[0].strip().lower()
        coded = head.fields.get("content-encoding", "identity").lower() != "identity"
        message.streams = kind == TYPE and not coded
        return units

    def _remark(self, side: Which, place: int) -> list[Unit]:
        """Return that nobody knows which request a response answers, if so."""
        if self._sure or (len(self._asked) == 1 and not self._pipelines):
            return []
        return [Remark(side=side, begin=place, end=place, code=UNREAD)]

    def _answered(self) -> tuple[int, Asked]:
        """Return which request a response answers, and what is known of that."""
        if self._sure:
            self._responses += 1
            return self._responses, self._asked.pop(self._responses, Asked())
        if len(self._asked) == 1 and not self._pipelines:
            return self._asked.popitem()
        newest = next(reversed(self._asked.values()), Asked())
        self._asked.clear()  # it may be any of them, but of the newest it has the form
        self._strays += 1
        return -self._strays, newest

    def _doubt(self, side: Which) -> None:
        """Learn that bytes are missing: of responses, or of requests."""
        if self._sure:
            self._requests = max(self._requests, self._responses)
        self._sure = False
        if self._pipelines or (side != self.client and len(self._asked) > 1):
            self._asked.clear()

    def _switch(self, head: Head, asked: Asked) -> None:
        """Learn that no HTTP follows on this connection."""
        agreed = head.fields.get("sec-websocket-protocol", "")
        if head.status == _SWITCHED and head.upgrades and agreed in SUBPROTOCOLS:
            client = self.client or 0
            self._socket = Subscriptions(self._conceal, client, asked.words)
            return
        for each in self._sides:
            each.rest = True

    def _go_on(self, side: Which, own: Side, message: Message) -> list[Unit] | None:
        """Return what more bytes make of a message."""
        reach = message.reach
        if message.unsure and own.raw.startswith(_ANSWER, own.place):
            message.reach = reach = Length(0)  # where a body would begin is a head
        message.unsure = message.unsure and len(own.raw) == own.place
        if not reach.done:
            most = MOST - len(reach.content)
            own.place = reach.read(own.raw, own.place, most)
        if message.streams:
            size = end_of_event(reach.content, message.searched)
            message.searched = len(reach.content)
            if size >= 0:
                return [self._event(side, own, message, size)]
        if reach.broken:
            units = self._give_up(side, own, own.place)
            own.message, own.rest = None, True
            return units
        if reach.done:
            return self._complete(side, own)
        if reach.full(own.place):
            return [self._part(side, own, message)]
        return None

    def _event(self, side: Which, own: Side, message: Message, size: int) -> Unit:
        """Return the first event of what was read."""
        place = message.reach.place_of(size)
        piece = self._piece(side, own, message, place)
        unit = self._maker.event(piece, message.head, size)
        self._cut(own, message, place, size)
        return unit

    def _part(self, side: Which, own: Side, message: Message) -> Unit:
        """Return what was read of a body that is too long to be kept."""
        head, piece = message.head, self._piece(side, own, message, own.place)
        if head.method and piece.headed:
            unit = self._maker.request(piece, head, part=True)
        else:
            unit = self._maker.part(piece, head)
        self._cut(own, message, own.place, len(message.reach.content))
        return unit

    @staticmethod
    def _piece(side: Which, own: Side, message: Message, size: int) -> Piece:
        """Return the first bytes that are not in a unit yet, as one of a message."""
        raw, headed = bytes(own.raw[:size]), not message.parts
        return Piece(side, own.begin, raw, message.reach, message.key, headed)

    @staticmethod
    def _cut(own: Side, message: Message, place: int, content: int) -> None:
        """Begin another unit of the same message."""
        own.take(place)
        message.reach.part(place, content)
        message.parts += 1
        message.searched = 0

    def _complete(self, side: Which, own: Side) -> list[Unit]:
        """Return a message, or the last part of one."""
        message = own.message
        assert message is not None
        head, piece = message.head, self._piece(side, own, message, own.place)
        own.take(own.place)
        own.message, own.place = None, 0
        if head.method:
            maker = self._maker.request if piece.headed else self._maker.part
            return [maker(piece, head)]
        if message.streams and not piece.headed:
            return [self._maker.ended(piece, head)]
        return [self._maker.response(piece, head)]

    def _give_up(self, side: Which, own: Side, size: int | None = None) -> list[Unit]:
        """Return what is known of a message whose end is missing.

        Args:
            side: Who has sent it.
            own: What is kept of that side.
            size: How much of that is the message's; None for all.
        """
        message, begin = own.message, own.begin
        size = len(own.raw) if size is None else size
        told = message is not None and message.parts > 0
        if message is None or (told and (message.head.method or message.streams)):
            own.take(size)
            return [skipped(side, begin, begin + size)] if size else []
        piece = self._piece(side, own, message, size)
        own.take(size)
        own.message = None
        return [self._maker.broken(piece, message.head)]
