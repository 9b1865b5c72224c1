"""Who speaks on a connection: its two ends, each as it is known on all others."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from inspector.streams.connections import Connection
    from inspector.streams.endpoints import Endpoint


class Participant(NamedTuple):
    """One end of a connection.

    A client comes from another port each time, so that it is known by its address; a
    server is known by its endpoint.

    Attributes:
        role: ``client`` or ``server``.
        key: What it is known by, whatever the connection.
        endpoint: Where it is on this connection.
    """

    role: str
    key: str
    endpoint: Endpoint

    @property
    def address(self) -> str:
        """Its address, without the port."""
        return self.endpoint.host

    @property
    def port(self) -> str:
        """Its port on this connection."""
        return str(self.endpoint.port)


def participants(connection: Connection) -> tuple[Participant, Participant]:
    """Return who asks on a connection, and who is asked."""
    client, server = connection.client_endpoint, connection.server_endpoint
    return (
        Participant("client", client.host, client),
        Participant("server", str(server), server),
    )
