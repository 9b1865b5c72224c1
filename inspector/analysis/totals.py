"""Connections as figures, so that those that are long over can be forgotten."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inspector.capture.connections import Connection

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
_MAX_ENDPOINTS = 1_000
"""Clients, and services, that are remembered by their address."""


class Totals:
    """What is kept of connections that are over.

    Attributes:
        connections: How many they are.
        resets: How many of them were reset.
        figures: Their packets, by the names that they have in a connection.
        clients: The addresses of their clients, as far as they are remembered.
        servers: Their services, in order of appearance.
    """

    def __init__(self) -> None:
        self.connections = 0
        self.resets = 0
        self.figures: Counter[str] = Counter()
        self.clients: dict[str, None] = {}
        self.servers: dict[str, None] = {}

    def add(self, connection: Connection) -> None:
        """Take in a connection of which no packet will come any more."""
        self.connections += 1
        self.resets += connection.reset
        for figure in _FIGURES:
            self.figures[figure] += getattr(connection, figure)
        client, server = connection.client_endpoint, connection.server_endpoint
        _remember(self.clients, client.rpartition(":")[0])
        _remember(self.servers, server)

    def merge(self, other: Totals) -> None:
        """Take in all that others hold."""
        self.connections += other.connections
        self.resets += other.resets
        self.figures.update(other.figures)
        for client in other.clients:
            _remember(self.clients, client)
        for server in other.servers:
            _remember(self.servers, server)


def _remember(endpoints: dict[str, None], endpoint: str) -> None:
    if len(endpoints) < _MAX_ENDPOINTS:
        endpoints[endpoint] = None
