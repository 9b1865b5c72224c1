"""Whether somebody in the middle was seen: asked by one, and asking another.

Where nobody is, there is no chain, and nobody seeks any. An address is in the middle if
it serves and asks another server, or a broker; over a broker alone, if it handles what
others send and sends itself. All programs of one machine share an address: there it is
enough that two ports send and that there are two routes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.participants import broker_of
from inspector.calls.passages import Leg, Way
from protocol.on_demand import on_demand

if TYPE_CHECKING:
    from inspector.calls.exchanges import Exchange
    from inspector.streams.connections import Connection

    from .lanes import is_crowded
else:  # decision 158
    is_crowded = on_demand("inspector.calls.chains.lanes:is_crowded")

MOST = 20_000
"""Addresses, or pairs of what is at two of them, that are remembered."""
_REQUEST, _IN, _OUT = Leg.REQUEST, Way.IN, Way.OUT
_TWO = 2


class Middle:
    """Learn who is in the middle.

    Attributes:
        found: How often something new made a chain possible.
    """

    def __init__(self) -> None:
        self.found = 0
        self._pairs: set[tuple[str, str]] = set()  # address, and server that it asks
        self._asks: dict[str, set[str]] = {}  # address → the servers that it asks
        self._own: dict[str, set[str]] = {}  # address → the servers there
        self._sent: dict[str, set[str]] = {}  # address → routes of what it sends …
        self._ports: dict[str, set[str]] = {}  # … and its ports; of many two
        self._handled: set[str] = set()  # addresses that handle what others send …
        self._known: set[str] = set()  # … and send as well

    def meet(self, connection: Connection) -> None:
        """Learn of a connection that carries what Nest says."""
        client, server = connection.client_endpoint, connection.server_endpoint
        pair = client.address, connection.server_text
        if pair in self._pairs or len(self._pairs) >= MOST:
            return
        self._pairs.add(pair)
        self._asks.setdefault(client.address, set()).add(pair[1])
        if not broker_of(connection):
            self._own.setdefault(server.address, set()).add(pair[1])
        self.found += any(map(self._may_be, {client.address, server.address}))

    def _may_be(self, address: str) -> bool:
        """Whether who is at an address is asked, and asks others."""
        asks, own = self._asks.get(address, set()), self._own.get(address, set())
        return bool(own) and (bool(asks - own) or len(own) > 1)

    def add(self, exchange: Exchange) -> None:
        """Learn of an exchange over a broker."""
        passage = exchange.passage
        if passage is None:
            return
        sent = passage.first(_REQUEST, _IN)
        for hop in passage.of(_REQUEST, _OUT):
            if len(self._handled) < MOST:
                self._handled.add(hop.peer.address)
        if sent is not None:
            peer = sent.peer
            self._send(peer.address, str(peer), exchange.route or "")

    def _send(self, address: str, port: str, route: str) -> None:
        """Learn that something of a route was sent."""
        if len(self._sent) >= MOST and address not in self._sent:
            return
        if address in self._known:
            return
        routes = self._sent.setdefault(address, set())
        ports = self._ports.setdefault(address, set())
        if len(ports) < _TWO:
            ports.add(port)
        if len(routes) < _TWO:
            routes.add(route)
        several = len(routes) >= _TWO and len(ports) >= _TWO
        sends = address in self._handled and (several or not is_crowded(address))
        if sends and address not in self._known:
            self._known.add(address)
            self.found += 1
