"""Connections as figures, so that those that are long over can be forgotten."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from inspector.calls.counting import UnitCounts
from inspector.calls.participants import participants
from inspector.streams.packets import PacketCounts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.streams.connections import Connection
    from inspector.streams.endpoints import Endpoint

MAX_REMEMBERED = 10_000
"""Clients, and services, that are remembered by their address."""


class Appearances:
    """Names in order of appearance, of which the first are remembered.

    The same are, whatever the order in which they are added.

    Args:
        most: How many of them are.
    """

    def __init__(self, most: int = MAX_REMEMBERED) -> None:
        self._most = most
        self._first: dict[str, int] = {}  # the number of its first connection

    def __iter__(self) -> Iterator[str]:
        ordered = sorted(self._first, key=self._first.__getitem__)
        return iter(ordered[: self._most])

    def add(self, name: str, number: int) -> None:
        """Add the name of a connection with a number."""
        self._first[name] = min(number, self._first.get(name, number))
        if len(self._first) > 2 * self._most:
            self._first = {each: self._first[each] for each in self}

    def merge(self, other: Appearances) -> None:
        """Add all that others hold."""
        for name, number in other._first.items():
            self.add(name, number)


class Ends:
    """Who spoke over one carrier.

    Attributes:
        connections: On how many connections.
        first: The number of the first of them; 0 until there is one …
        endpoints: … and its client and server; None until there is one.
        clients: Who asked.
        servers: Who was asked.
    """

    def __init__(self) -> None:
        self.connections = 0
        self.first = 0
        self.endpoints: tuple[Endpoint, Endpoint] | None = None
        self.clients = Appearances()
        self.servers = Appearances()

    def add(self, connection: Connection) -> None:
        """Take in one more connection."""
        self.connections += 1
        client, server = participants(connection)
        self._begin(connection.number, (client.endpoint, server.endpoint))
        self.clients.add(client.key, connection.number)
        self.servers.add(server.key, connection.number)

    def merge(self, other: Ends) -> None:
        """Take in all that others hold."""
        self.connections += other.connections
        if other.connections:
            self._begin(other.first, other.endpoints)
        self.clients.merge(other.clients)
        self.servers.merge(other.servers)

    def _begin(self, number: int, endpoints: tuple[Endpoint, Endpoint] | None) -> None:
        if not self.first or number < self.first:
            self.first, self.endpoints = number, endpoints


class Totals:
    """What is kept of connections that are over.

    Attributes:
        connections: How many they are.
        resets: How many of them were reset.
        counts: Their packets.
        ends: Carrier → who spoke over it.
    """

    def __init__(self) -> None:
        self.connections = 0
        self.resets = 0
        self.counts = PacketCounts()
        self.ends: defaultdict[str, Ends] = defaultdict(Ends)

    def add(self, connection: Connection) -> None:
        """Take in a recognised connection of which no packet will come any more."""
        self.connections += 1
        self.resets += connection.reset
        self.counts.add(connection.counts)
        self.ends[connection.carrier].add(connection)

    def merge(self, other: Totals) -> None:
        """Take in all that others hold."""
        self.connections += other.connections
        self.resets += other.resets
        self.counts.add(other.counts)
        for carrier, ends in other.ends.items():
            self.ends[carrier].merge(ends)


def both(own: UnitCounts, other: UnitCounts) -> UnitCounts:
    """Return what was read of two parts of a capture."""
    return UnitCounts(
        own.transfers + other.transfers,
        own.errands + other.errands,
        own.idle + other.idle,
    )
