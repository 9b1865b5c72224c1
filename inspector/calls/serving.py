"""Whom an exchange is served by: a server; over a broker a queue group, or a peer.

====================================  ============================================
over a direct carrier                 the server, as ``address:port``
a broker's group had the request      that group, as ``workers (address:port)``
a peer had it for itself alone        the peer, as ``address:port``
nobody is known to have had it        who served its channel before, else the broker
====================================  ============================================

Of several that had it, it is the one that answered first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .passages import Leg, Way

if TYPE_CHECKING:
    from inspector.streams.connections import Connection
    from inspector.streams.packets import DataPacket

    from .exchanges import Exchange
    from .passages import Hop, Passage


# decision 127
def service_of(exchange: Exchange) -> str:
    """Return what serves an exchange, by what it is known by."""
    passage = exchange.passage
    broker = exchange.connection.server_text
    if passage is None:
        return broker
    if passage.service:
        return passage.service
    hop = _served(passage)
    if hop is None:
        return passage.usual or broker
    return service_at(hop.direction.connection, hop.group)


def service_at(connection: Connection, group: str | None) -> str:
    """Return what serves what a connection is handed, for a group or for itself."""
    if group is not None:
        return f"{group} ({connection.server_text})"
    return connection.client_text


def group_in(service: str) -> tuple[str, str] | None:
    """Return the group and the broker of a service that is a group; else None."""
    group, opened, broker = service.rpartition(" (")
    host, _, port = broker.rpartition(":")
    if not (group and opened and host and port[-1:] == ")" and port[:-1].isdecimal()):
        return None
    return group, broker[:-1]


def process_of(exchange: Exchange) -> str:
    """Return which process serves an exchange, as ``address:port`` of its connection.

    A queue group has several; where none is known, it is the broker.
    """
    hop = None if exchange.passage is None else _served(exchange.passage)
    connection = exchange.connection
    return connection.server_text if hop is None else hop.party.client_text


def asked_in(exchange: Exchange) -> DataPacket:
    """Return the data packet that completed a request or an event, where it was sent.

    Over a broker that is on its way in, or where it was seen first.
    """
    passage = exchange.passage
    if passage is not None and exchange.request_packets:
        hops = [hop for hop in passage.hops if hop.leg is Leg.REQUEST]
        sent = next(passage.of(Leg.REQUEST, Way.IN), hops[0] if hops else None)
        if sent is not None:
            return sent.records[-1]
    return exchange.request_packets[-1]


def answered_in(exchange: Exchange) -> DataPacket:
    """Return the data packet that completed the first reply of an answered call.

    Where the broker says that nobody subscribed, there is none but what says so.
    """
    if exchange.reply_ends:
        return exchange.reply_ends[0]
    errands = [] if exchange.passage is None else exchange.passage.errands
    for errand in errands:
        if errand.way is Way.OUT:
            return errand.records[-1]
    return exchange.request_packets[-1]


def answers_of(passage: Passage) -> list[Hop]:
    """Return the first reply of each connection that answered, in that order."""
    first: dict[int, Hop] = {}
    for hop in passage.of(Leg.REPLY, Way.IN):
        first.setdefault(hop.party.number, hop)
    return list(first.values())


def _served(passage: Passage) -> Hop | None:
    """Return the hop to who answered first, else to who had the request first."""
    asked = passage.first(Leg.REQUEST, Way.OUT)
    answer = passage.first(Leg.REPLY, Way.IN)
    if answer is None:
        return asked
    if asked is not None and asked.party is answer.party:
        return asked
    return passage.delivery_for(answer) or answer
