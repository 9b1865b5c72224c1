"""How an exchange passed, as the arrows of its ladder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.passages import Leg, Way
from inspector.views.rendering import carrier_title, safe

if TYPE_CHECKING:
    from inspector.calls.exchanges import Exchange
    from inspector.calls.passages import Hop

    from .tables import Json

_MOST = 24
"""Arrows of one exchange; of more there are the first and the last."""


def arrows(exchange: Exchange, first_ns: int) -> list[Json]:
    """Return the arrows of an exchange over a broker, or with several replies.

    Each is its time in nanoseconds after the first packet, from whom, to whom, what it
    is, and the packets that carried it. One request with one reply over a direct
    carrier has none: its row says all.
    """
    if exchange.passage is not None:
        found = [_of_hop(hop, first_ns) for hop in exchange.passage.hops]
    elif len(exchange.reply_ends) > 1:
        found = _of_replies(exchange, first_ns)
    else:
        return []
    if len(found) > _MOST:
        return found[: _MOST // 2] + found[-_MOST // 2 :]
    return found


def _of_replies(exchange: Exchange, first_ns: int) -> list[Json]:
    client, server = safe(exchange.client_text), safe(exchange.server_text)
    packets = [packet.number for packet in exchange.request_packets]
    found: list[Json] = [
        [exchange.time_ns - first_ns, client, server, "request", packets]
    ]
    ends, last = exchange.reply_ends, exchange.values
    for place, end in enumerate(ends, start=1):
        number = place if place < len(ends) else last
        words = f"reply {number:,} of {last:,}"
        found.append([end.time_ns - first_ns, server, client, words, [end.number]])
    return found


def _of_hop(hop: Hop, first_ns: int) -> Json:
    names = hop.direction.connection.names
    peer = safe(names.server(str(hop.peer)))
    title = carrier_title(hop.direction.connection.carrier)
    broker = f"{title} {safe(names.server(hop.direction.connection.server_text))}"
    ends = (peer, broker) if hop.way is Way.IN else (broker, peer)
    words = "reply" if hop.leg is Leg.REPLY else "request"
    packets = [packet.number for packet in hop.records]
    return [hop.time_ns - first_ns, *ends, f"{words} {safe(hop.channel)}", packets]
