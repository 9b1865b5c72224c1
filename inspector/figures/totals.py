"""Connections as figures, so that those that are long over can be forgotten."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.tcp.connections import Connection

_FIGURES = (
    "packets",
    "control",
    "pure_acks",
    "data_packets",
    "retransmissions",
    "keep_alives",
    "zero_windows",
    "copies",
)
MAX_ENDPOINTS = 10_000
"""Clients, and services, that are remembered by their address."""


class Endpoints:
    """Addresses in order of appearance, of which the first are remembered.

    The same are, whatever the order in which they are added.
    """

    def __init__(self) -> None:
        self._first: dict[str, int] = {}  # the number of its first connection

    def __iter__(self) -> Iterator[str]:
        ordered = sorted(self._first, key=self._first.__getitem__)
        return iter(ordered[:MAX_ENDPOINTS])

    def add(self, endpoint: str, number: int) -> None:
        """Add the address of a connection with a number."""
        self._first[endpoint] = min(number, self._first.get(endpoint, number))
        if len(self._first) > 2 * MAX_ENDPOINTS:
            self._first = {each: self._first[each] for each in self}

    def merge(self, other: Endpoints) -> None:
        """Add all that others hold."""
        for endpoint, number in other._first.items():
            self.add(endpoint, number)


class Totals:
    """What is kept of connections that are over.

    Attributes:
        connections: How many they are.
        resets: How many of them were reset.
        figures: Their packets, by the names that they have in a connection.
        clients: The addresses of their clients.
        servers: Their services.
    """

    def __init__(self) -> None:
        self.connections = 0
        self.resets = 0
        self.figures: Counter[str] = Counter()
        self.clients = Endpoints()
        self.servers = Endpoints()

    def add(self, connection: Connection) -> None:
        """Take in a connection of which no packet will come any more."""
        self.connections += 1
        self.resets += connection.reset
        for figure in _FIGURES:
            self.figures[figure] += getattr(connection, figure)
        client = connection.client_endpoint.rpartition(":")[0]
        self.clients.add(client, connection.number)
        self.servers.add(connection.server_endpoint, connection.number)

    def merge(self, other: Totals) -> None:
        """Take in all that others hold."""
        self.connections += other.connections
        self.resets += other.resets
        self.figures.update(other.figures)
        self.clients.merge(other.clients)
        self.servers.merge(other.servers)
