"""Whether there can be chains at all: somebody is asked, and asks others.

Most captures have none: clients and a service. There nobody looks for any, which would
take longer than to list the exchanges.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.participants import broker_of

if TYPE_CHECKING:
    from inspector.calls.exchanges import Exchange
    from inspector.streams.connections import Connection

_REMEMBERED = 10_000
"""Connections, after which all are looked at anew."""


class Possible:
    """Learn from exchanges who asks whom."""

    def __init__(self) -> None:
        self.holds = False
        self._known: set[int] = set()  # connections, by number
        self._asked: dict[str, set[str]] = {}  # address → the servers that it asks
        self._own: dict[str, set[str]] = {}  # address → the servers there

    def add(self, exchange: Exchange) -> None:
        """Learn of an exchange."""
        connection = exchange.connection
        if connection.number in self._known:
            return
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known.add(connection.number)
        if exchange.passage is not None or broker_of(connection):
            self.holds = True  # who speaks to a broker may be asked by it as well
            return
        self._meet(connection)

    def _meet(self, connection: Connection) -> None:
        client, server = connection.client_endpoint, connection.server_endpoint
        self._asked.setdefault(client.address, set()).add(connection.server_text)
        self._own.setdefault(server.address, set()).add(connection.server_text)
        for each in (client.address, server.address):
            asked, own = self._asked.get(each, set()), self._own.get(each, set())
            if own and (asked - own or len(own) > 1):
                self.holds = True
