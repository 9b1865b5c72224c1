"""Who speaks on a connection: its two ends, each as it is known on all others."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from inspector.tcp.connections import Connection


class Participant(NamedTuple):
    """One end of a connection.

    A client comes from another port each time, so that it is known by its address; a
    server is known by its endpoint.

    Attributes:
        role: ``client`` or ``server``.
        key: What it is known by, whatever the connection.
        endpoint: Where it is on this connection, as ``address:port``.
    """

    role: str
    key: str
    endpoint: str

    @property
    def address(self) -> str:
        """Its address, without the port."""
        return self.endpoint.rpartition(":")[0]

    @property
    def port(self) -> str:
        """Its port on this connection."""
        return self.endpoint.rpartition(":")[2]


def participants(connection: Connection) -> tuple[Participant, Participant]:
    """Return who asks on a connection, and who is asked."""
    client, server = connection.client_endpoint, connection.server_endpoint
    return (
        Participant("client", client.rpartition(":")[0], client),
        Participant("server", server, server),
    )
