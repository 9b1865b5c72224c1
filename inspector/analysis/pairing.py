"""Packets to exchanges: replies paired with the request that they answer.

::

    Request  ─► an exchange that waits ◄─ Response …, until one is final
    Event    ─► an exchange that is over at once
    Response ─► without its request: an orphan

A reply belongs to the exchange of its connection with exactly its id.

Source: ``packages/microservices/client/client-tcp.ts``, ``handleResponse``.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from inspector.capture.reassembly import Acknowledgement, Closed, Gap
from protocol import (
    NO_MESSAGE_HANDLER,
    UNDEFINED,
    Event,
    Json,
    Request,
    Response,
    dumps,
    route,
)

from .exchanges import Exchange, Kind, Ledger, Outcome
from .sightings import Anomaly, Sighting, SightingItem

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

    from inspector.capture.connections import Connection, DataPacket

_NO_HANDLER = dumps(NO_MESSAGE_HANDLER)
_REMEMBERED = 1024
"""Ids of one connection that are remembered after their exchange is over."""
_MAX_ROUTES = 4096
"""Patterns whose route is remembered."""


class LateAck(msgspec.Struct, gc=False):
    """A pure ACK for a data packet of an exchange that was over already."""

    ledger: Ledger


class Stray(msgspec.Struct, gc=False):
    """A reply to an exchange that was over already; Nest ignores it."""

    sighting: Sighting
    ledger: Ledger


ExchangeItem: TypeAlias = Exchange | LateAck | Stray | Anomaly | Gap


class _Calls:
    """The calls of one connection: those that wait, and the last that are over."""

    __slots__ = ("over", "waiting")

    def __init__(self) -> None:
        self.waiting: dict[Hashable, list[Exchange]] = {}
        self.over: OrderedDict[Hashable, Ledger] = OrderedDict()


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
        kind = Kind.EVENT if isinstance(packet, Event) else Kind.MESSAGE
        name = self._route(packet.pattern)
        exchange = Exchange(
            self.exchanges,
            kind,
            connection,
            Ledger(self.exchanges, kind, name),
            records[0].time_ns,
            _completed(records),
            packet.pattern,
            name,
            UNDEFINED if isinstance(packet, Event) else packet.id,
            packet.data,
        )
        exchange.request_packets = records
        exchange.request_bytes = sighting.frame.size
        exchange.retransmissions_before = connection.retransmissions
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
        calls.over[key] = exchange.ledger
        if len(calls.over) > _REMEMBERED:
            calls.over.popitem(last=False)
        return self._end(exchange, _outcome(packet), exchange.last_reply_ns or 0)

    def _begin_orphan(self, sighting: Sighting, packet: Response) -> Exchange:
        records, connection = sighting.records, sighting.direction.connection
        self.exchanges += 1
        exchange = Exchange(
            self.exchanges,
            Kind.ORPHAN,
            connection,
            Ledger(self.exchanges, Kind.ORPHAN),
            records[0].time_ns,
            records[0].time_ns,
        )
        exchange.id = packet.id
        exchange.retransmissions_before = connection.retransmissions
        return exchange

    def _end(self, exchange: Exchange, outcome: Outcome, time_ns: int) -> Exchange:
        exchange.outcome = outcome
        exchange.ended_ns = time_ns
        exchange.ledger.packets = exchange.packets
        retransmissions = exchange.connection.retransmissions
        exchange.retransmitted = retransmissions > exchange.retransmissions_before
        return exchange

    def _acknowledge(self, item: Acknowledgement) -> LateAck | None:
        owner = item.packet.owner
        if owner is None:
            item.packet.acks += 1
        elif owner.packets is None:
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
    ledger = exchange.ledger
    for record in records:
        exchange.seats += record.frames > 1
        if record.owner is None:
            record.owner = ledger
            ledger.data_packets += 1
            ledger.acks += record.acks


def _answer(exchange: Exchange, sighting: Sighting, packet: Response) -> None:
    """Add a reply to the exchange that it answers."""
    records = sighting.records
    exchange.replies.append(packet)
    exchange.reply_ends.append(records[-1])
    exchange.reply_bytes += sighting.frame.size
    exchange.last_reply_ns = _completed(records)
    if exchange.first_reply_ns is None:
        exchange.first_reply_ns = exchange.last_reply_ns
    known = exchange.reply_packets
    if not known:
        exchange.reply_packets = list(records)
    else:  # only the first can be known: a frame before this one ended in it
        known += records[1:] if records[0] is known[-1] else records
    _own(exchange, records)


def _outcome(packet: Response) -> Outcome:
    if packet.err == _NO_HANDLER:
        return Outcome.NO_HANDLER
    return Outcome.ERROR if packet.failed else Outcome.COMPLETED
