"""Which connections are of one process: where it is asked, and where it asks others.

An exchange is made for another by who handles that: the connection that it is sent on
is of the same process. On an address that all programs share, three exchanges have to
show that; and none may show another process.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from inspector.calls.passages import Leg, Way

from .lanes import HELD, is_crowded

if TYPE_CHECKING:
    from inspector.calls.exchanges import Exchange
    from inspector.calls.links import Link
    from inspector.streams.connections import Connection, Process

MOST = 50_000
"""Exchanges that are remembered, each with who handles it; and links."""
_REQUEST = Leg.REQUEST


class Processes:
    """Learn from exchanges, in order and each with its parent.

    Attributes:
        links: Number of an exchange → what is known of its parent; of many, the first.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self.links: dict[int, Link] = {}
        self._handlers: OrderedDict[int, Process] = OrderedDict()
        self._held: dict[int, dict[Process, int]] = {}  # by connection

    def add(self, exchange: Exchange) -> None:
        """Learn of an exchange."""
        handler, link = _handler(exchange), exchange.link
        if handler is not None:
            self._handlers[exchange.number] = handler
            if len(self._handlers) > self._most:
                self._handlers.popitem(last=False)
        if link is None:
            return
        if len(self.links) < self._most:
            self.links[exchange.number] = link
        process = None if link.parent is None else self._handlers.get(link.parent)
        asked_on = _asked_on(exchange)
        if process is not None and asked_on is not None:
            held = self._held.setdefault(asked_on.number, {})
            held[process] = held.get(process, 0) + 1

    def of(self, connection: Connection) -> Process | None:
        """Return the process that has opened a connection; None if nobody knows."""
        held = self._held.get(connection.number, {})
        if len(held) != 1:
            return None
        ((process, count),) = held.items()
        crowded = is_crowded(connection.client_endpoint.address)
        return process if count >= (HELD if crowded else 1) else None


def _handler(exchange: Exchange) -> Process | None:
    """Return who handles an exchange: a server, or a peer of a broker."""
    passage = exchange.passage
    if passage is None:
        gateway = exchange.connection.server_endpoint
        return None if exchange.pushed else ("server", gateway)
    hop = passage.first(_REQUEST, Way.OUT)
    return None if hop is None else ("peer", hop.peer)


def _asked_on(exchange: Exchange) -> Connection | None:
    """Return the connection on which an exchange was sent by who opened that."""
    passage = exchange.passage
    if passage is None:
        return None if exchange.pushed else exchange.connection
    hop = passage.first(_REQUEST, Way.IN)
    return None if hop is None else hop.party
