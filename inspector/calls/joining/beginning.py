"""How an exchange over a broker begins, with whichever of its hops was seen first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange, Kind, Ledger
from inspector.calls.passages import Passage
from inspector.calls.settling import completed_ns, leave_out
from protocol import UNDEFINED, Event

if TYPE_CHECKING:
    from inspector.calls.passages import Hop
    from inspector.calls.seen import Sighting
    from inspector.streams.connections import Connection
    from protocol import Request

_TRACE = ("traceparent", "Traceparent", "TRACEPARENT")
_LONGEST_TRACE = 512  # characters


def begin(
    number: int, sighting: Sighting, packet: Request | Event, route: str, hop: Hop
) -> Exchange:
    """Return the exchange of a request or an event.

    Args:
        number: Its number.
        sighting: What was seen first of it.
        packet: The same, as a request or an event.
        route: The route of its pattern.
        hop: The same as a hop.
    """
    kind = Kind.EVENT if isinstance(packet, Event) else Kind.MESSAGE
    exchange = _begin(number, kind, sighting, route, hop)
    exchange.request_packets = list(sighting.records)
    exchange.request_bytes = sighting.size
    exchange.pattern, exchange.route, exchange.data = packet.pattern, route, packet.data
    if packet.metadata is not UNDEFINED:
        exchange.metadata = packet.metadata
    if not isinstance(packet, Event):
        exchange.id = packet.id
    _learn_trace(exchange, sighting)
    return exchange


def begin_orphan(number: int, sighting: Sighting, hop: Hop) -> Exchange:
    """Return the exchange of a reply whose request was not seen."""
    return _begin(number, Kind.ORPHAN, sighting, None, hop)


def learn_request(
    exchange: Exchange, sighting: Sighting, packet: Request | Event, route: str
) -> None:
    """Give an exchange that began in its middle the request that began it.

    A record that a capture has too late may come after what follows from it.
    """
    ledger, records = exchange.ledger, sighting.records
    if exchange.kind is Kind.ORPHAN:
        exchange.kind = ledger.kind = Kind.MESSAGE
        exchange.gapped = False
        exchange.pattern, exchange.data = packet.pattern, packet.data
        exchange.metadata = packet.metadata
        exchange.route = ledger.route = route
    learn_caller(exchange, sighting.direction.connection)
    _learn_trace(exchange, sighting)
    exchange.early = bool(exchange.replies)
    exchange.request_packets = [*records, *exchange.request_packets]
    if exchange.errands is not None:
        leave_out(exchange.errands, records)
    exchange.request_bytes = sighting.size
    exchange.time_ns, exchange.asked_ns = records[0].time_ns, completed_ns(records)
    if (exchange.first_reply_ns or exchange.asked_ns) < exchange.asked_ns:
        exchange.untimed = True


def _learn_trace(exchange: Exchange, sighting: Sighting) -> None:
    """Learn which trace the headers of a request name: each carrier has its own.

    Sources: W3C Trace Context for AMQP (the table ``headers``) and for MQTT (user
    properties), both drafts of the W3C; for NATS, headers as those of HTTP.
    """
    facts, passage = sighting.transfer.facts, exchange.passage
    if not facts or passage is None or passage.trace:
        return
    for each in (facts, facts.get("headers")):
        if not isinstance(each, Mapping):
            continue
        for name in _TRACE:
            value = each.get(name)
            if isinstance(value, str) and len(value) <= _LONGEST_TRACE:
                passage.trace = value
                return


def learn_caller(exchange: Exchange, connection: Connection) -> None:
    """Learn on which connection an exchange was asked; what came before counts not."""
    if exchange.connection is not connection:
        exchange.connection = connection
        exchange.retransmissions_before = connection.counts.retransmissions


def _begin(
    number: int, kind: Kind, sighting: Sighting, route: str | None, hop: Hop
) -> Exchange:
    connection = sighting.direction.connection
    ledger = Ledger(number, kind=kind, route=route, carrier=connection.carrier)
    transfer = sighting.transfer
    exchange = Exchange(
        number, kind, connection, ledger, sighting.records[0].time_ns, hop.time_ns
    )
    exchange.retransmissions_before = connection.counts.retransmissions
    exchange.passage = Passage(hop.channel, transfer.reply_channel, [])
    exchange.passage.reply_part = transfer.reply_part
    return exchange
