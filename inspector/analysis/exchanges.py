"""Packets to exchanges: replies paired with the request that they answer.

::

    Request  ─► an exchange that waits ◄─ Response …, until one is final
    Event    ─► an exchange that is over at once
    Response ─► without its request: an orphan

A reply belongs to the exchange of its connection with exactly its id. The count of
packets is taken from the data packets that carried the frames, never from the kind.

Source: ``packages/microservices/client/client-tcp.ts``, ``handleResponse``.
"""

from __future__ import annotations

from collections import OrderedDict
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from inspector.capture.reassembly import Acknowledgement, Closed, Gap
from protocol import (
    NO_MESSAGE_HANDLER,
    UNDEFINED,
    Event,
    Json,
    JsonText,
    Request,
    Response,
    UndefinedType,
    dumps,
    loads,
    route,
)

from .sightings import Anomaly, Sighting, SightingItem

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

    from inspector.capture.connections import Connection, DataPacket

_NO_HANDLER = dumps(NO_MESSAGE_HANDLER)
_REMEMBERED = 1024
"""Ids of one connection that are remembered after their exchange is over."""
_MAX_ROUTES = 4096
"""Patterns whose route is remembered."""


class Kind(StrEnum):
    """What an exchange is."""

    MESSAGE = "message"
    EVENT = "event"
    ORPHAN = "orphan"


class Outcome(StrEnum):
    """How an exchange ended."""

    COMPLETED = "completed"
    ERROR = "error"
    NO_HANDLER = "no_handler"
    UNANSWERED = "unanswered"
    INCOMPLETE = "incomplete"
    SENT = "sent"


class Exchange(msgspec.Struct, gc=True, eq=False, kw_only=True):
    """A request and its replies, an event, or replies without their request.

    Attributes:
        number: In order of the request, from 1.
        kind: What it is.
        connection: Where it happened.
        pattern: As it was sent; UNDEFINED for an orphan.
        route: Under which the server looks for a handler; None for an orphan.
        id: Of the request; UNDEFINED for an event.
        data: The payload of the request or event.
        time_ns: When the record that began it was captured.
        asked_ns: When the record that completed the request was captured.
        first_reply_ns: … that completed the first reply; None while there is none.
        last_reply_ns: … that completed the last.
        ended_ns: When it was known to be over.
        outcome: How it ended; None while it has not.
        replies: Its responses, in the order that they came.
        request_packets: Data packets with a byte of the request or event.
        reply_packets: Data packets with a byte of a reply, and of nothing before.
        request_bytes: Size of the frame of the request or event.
        reply_bytes: Size of the frames of all replies.
        data_packets: Data packets that no frame before it had a byte in.
        acks: Pure ACKs that belong to those.
        seats: Places that its own frames have in packets of several frames.
        retransmitted: Whether bytes of its connection were sent again meanwhile.
        gapped: Whether the capture lacks bytes of its connection meanwhile.
        cause: Why it ended without its end: ``end``, ``close`` or ``reset``.
    """

    number: int
    kind: Kind
    connection: Connection
    time_ns: int
    asked_ns: int
    pattern: Json = UNDEFINED
    route: str | None = None
    id: Json = UNDEFINED
    data: JsonText | UndefinedType = UNDEFINED
    first_reply_ns: int | None = None
    last_reply_ns: int | None = None
    ended_ns: int = 0
    outcome: Outcome | None = None
    replies: list[Response] = msgspec.field(default_factory=list)
    request_packets: list[DataPacket] = msgspec.field(default_factory=list)
    reply_packets: list[DataPacket] = msgspec.field(default_factory=list)
    request_bytes: int = 0
    reply_bytes: int = 0
    data_packets: int = 0
    acks: int = 0
    seats: int = 0
    retransmissions_before: int = 0
    retransmitted: bool = False
    gapped: bool = False
    cause: str | None = None

    @property
    def packets(self) -> int:
        """Distinct data packets over all its frames."""
        return len(self.request_packets) + len(self.reply_packets)

    @property
    def shared(self) -> bool:
        """Whether a frame of another exchange is in one of its data packets."""
        crowded = (
            packet.frames
            for packet in (*self.request_packets, *self.reply_packets)
            if packet.frames > 1
        )
        return self.seats > 0 and sum(crowded) > self.seats

    @property
    def latency_ns(self) -> int | None:
        """From the completed request to the completed first reply."""
        if self.first_reply_ns is None or self.kind is not Kind.MESSAGE:
            return None
        return self.first_reply_ns - self.asked_ns

    @property
    def duration_ns(self) -> int | None:
        """From the completed request to the completed last reply."""
        if self.last_reply_ns is None or self.kind is not Kind.MESSAGE:
            return None
        return self.last_reply_ns - self.asked_ns


class LateAck(msgspec.Struct, gc=False):
    """A pure ACK for an exchange that was over already."""

    exchange: Exchange


class Stray(msgspec.Struct, gc=False):
    """A reply to an exchange that was over already; Nest ignores it."""

    sighting: Sighting
    exchange: Exchange


ExchangeItem: TypeAlias = Exchange | LateAck | Stray | Anomaly | Gap


class _Calls:
    """The calls of one connection: those that wait, and the last that are over."""

    __slots__ = ("over", "waiting")

    def __init__(self) -> None:
        self.waiting: dict[Hashable, list[Exchange]] = {}
        self.over: OrderedDict[Hashable, Exchange] = OrderedDict()


class Pairing:
    """Pair what is seen on all connections.

    Attributes:
        exchanges: How many have begun.
        replies: How many responses were seen.
    """

    def __init__(self) -> None:
        self.exchanges = 0
        self.replies = 0
        self._calls: dict[Connection, _Calls] = {}
        self._routes: dict[str, str] = {}

    def pair(self, items: Iterable[SightingItem]) -> Iterator[ExchangeItem]:
        """Yield the exchanges as they end, and what belongs to none."""
        for item in items:
            if isinstance(item, Sighting):
                ended = self._see(item)
                if ended is not None:
                    yield ended
            elif isinstance(item, Acknowledgement):
                late = self._acknowledge(item)
                if late is not None:
                    yield late
            elif isinstance(item, Closed):
                yield from self._close(item)
            else:
                if isinstance(item, Gap):
                    self._mark_gap(item.direction.connection)
                yield item

    def _see(self, sighting: Sighting) -> Exchange | Stray | None:
        packet = sighting.packet
        if isinstance(packet, Response):
            return self._see_reply(sighting, packet)
        exchange = self._begin(sighting, packet)
        if isinstance(packet, Event):
            return self._end(exchange, Outcome.SENT, exchange.asked_ns)
        waiting = self._calls_of(exchange.connection).waiting
        waiting.setdefault(_key(packet.id), []).append(exchange)
        return None

    def _begin(self, sighting: Sighting, packet: Request | Event) -> Exchange:
        records, connection = sighting.records, sighting.direction.connection
        self.exchanges += 1
        exchange = Exchange(
            number=self.exchanges,
            kind=Kind.EVENT if isinstance(packet, Event) else Kind.MESSAGE,
            connection=connection,
            time_ns=records[0].time_ns,
            asked_ns=_completed(records),
            pattern=packet.pattern,
            route=self._route(packet.pattern),
            id=UNDEFINED if isinstance(packet, Event) else packet.id,
            data=packet.data,
            request_packets=records,
            request_bytes=sighting.frame.size,
            retransmissions_before=connection.retransmissions,
        )
        _own(exchange, records)
        return exchange

    def _see_reply(
        self, sighting: Sighting, packet: Response
    ) -> Exchange | Stray | None:
        self.replies += 1
        calls = self._calls_of(sighting.direction.connection)
        key = _key(packet.id)
        exchanges = calls.waiting.get(key)
        if exchanges is None:
            if key in calls.over:
                return Stray(sighting, calls.over[key])
            exchanges = calls.waiting[key] = [self._begin_orphan(sighting, packet)]
        exchange = exchanges[0]
        _answer(exchange, sighting, packet)
        if not packet.final:
            return None
        exchanges.pop(0)
        if not exchanges:
            del calls.waiting[key]
        calls.over[key] = exchange
        if len(calls.over) > _REMEMBERED:
            calls.over.popitem(last=False)
        return self._end(exchange, _outcome(packet), exchange.last_reply_ns or 0)

    def _begin_orphan(self, sighting: Sighting, packet: Response) -> Exchange:
        records, connection = sighting.records, sighting.direction.connection
        self.exchanges += 1
        return Exchange(
            number=self.exchanges,
            kind=Kind.ORPHAN,
            connection=connection,
            time_ns=records[0].time_ns,
            asked_ns=records[0].time_ns,
            id=packet.id,
            retransmissions_before=connection.retransmissions,
        )

    def _end(self, exchange: Exchange, outcome: Outcome, time_ns: int) -> Exchange:
        exchange.outcome = outcome
        exchange.ended_ns = time_ns
        retransmissions = exchange.connection.retransmissions
        exchange.retransmitted = retransmissions > exchange.retransmissions_before
        return exchange

    def _acknowledge(self, item: Acknowledgement) -> LateAck | None:
        owner = item.packet.owner
        if owner is None:
            item.packet.acks += 1
        elif owner.outcome is None:
            owner.acks += 1
        else:
            return LateAck(owner)
        return None

    def _mark_gap(self, connection: Connection) -> None:
        for exchanges in self._calls_of(connection).waiting.values():
            for exchange in exchanges:
                exchange.gapped = True

    def _close(self, closed: Closed) -> Iterator[Exchange]:
        calls = self._calls.pop(closed.connection, None)
        if calls is None:
            return
        left = (each for exchanges in calls.waiting.values() for each in exchanges)
        for exchange in sorted(left, key=lambda each: each.number):
            exchange.cause = closed.cause
            outcome = Outcome.INCOMPLETE if exchange.replies else Outcome.UNANSWERED
            yield self._end(exchange, outcome, closed.time_ns)

    def _calls_of(self, connection: Connection) -> _Calls:
        calls = self._calls.get(connection)
        if calls is None:
            calls = self._calls[connection] = _Calls()
        return calls

    def _route(self, pattern: Json) -> str:
        """Return the route of a pattern; most are strings that were seen before."""
        if not isinstance(pattern, str):
            return route(pattern)
        known = self._routes.get(pattern)
        if known is None:
            known = route(pattern)
            if len(self._routes) < _MAX_ROUTES:
                self._routes[pattern] = known
        return known


def _key(identity: Json) -> Hashable:
    """Return what tells ids apart: 5 and "5" are two, 5 and 5.0 are one."""
    if isinstance(identity, str):
        return identity
    if isinstance(identity, bool) or not isinstance(identity, int | float):
        return dumps(identity)
    return float(identity)


def _completed(records: list[DataPacket]) -> int:
    """Return when the last of some data packets was captured."""
    if len(records) == 1:
        return records[0].time_ns
    return max(records, key=lambda record: record.number).time_ns


def _own(exchange: Exchange, records: list[DataPacket]) -> None:
    """Give the data packets that no frame claimed before to an exchange."""
    for record in records:
        exchange.seats += record.frames > 1
        if record.owner is None:
            record.owner = exchange
            exchange.data_packets += 1
            exchange.acks += record.acks


def _answer(exchange: Exchange, sighting: Sighting, packet: Response) -> None:
    """Add a reply to the exchange that it answers."""
    records = sighting.records
    exchange.replies.append(packet)
    exchange.reply_bytes += sighting.frame.size
    exchange.last_reply_ns = _completed(records)
    if exchange.first_reply_ns is None:
        exchange.first_reply_ns = exchange.last_reply_ns
    known = exchange.reply_packets
    known.extend(record for record in records if not known or record is not known[-1])
    _own(exchange, records)


def _outcome(packet: Response) -> Outcome:
    if packet.err == _NO_HANDLER:
        return Outcome.NO_HANDLER
    return Outcome.ERROR if packet.failed else Outcome.COMPLETED


def error_text(err: JsonText) -> str:
    """Return what a person reads of an ``err``: its message, or its JSON."""
    value = loads(err)
    if isinstance(value, dict) and isinstance(value.get("message"), str):
        return str(value["message"])
    return value if isinstance(value, str) else dumps(value).decode()
