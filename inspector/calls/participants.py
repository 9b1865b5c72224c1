"""Who speaks on a connection: its two ends, each as it is known on all others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.registry import carriers
from protocol.named_tuple import NamedTuple

from .costs import queues

if TYPE_CHECKING:
    from inspector.streams.connections import Connection
    from inspector.streams.endpoints import Endpoint


class Participant(NamedTuple):
    """One end of a connection.

    Over a direct carrier a client comes from another port each time, so that it is
    known by its address; a server is known by its endpoint. Over a broker all that
    speak to it are its clients, and stay on their connections: each is known by its
    endpoint, and by one of them where it publishes and listens on two.

    Attributes:
        role: ``client`` or ``server``; over a broker ``peer`` or ``broker``.
        title: What to call it: ``client``, ``server``, or the broker by its carrier.
        key: What it is known by, whatever the connection.
        endpoint: Where it is on this connection.
        name: What people call it; None where they do not.
    """

    role: str
    title: str
    key: str
    endpoint: Endpoint
    name: str | None = None


def broker_of(connection: Connection) -> str:
    """Return what to call the broker at the server's end; empty where that is none.

    One that was never reached is that of the service on its port.
    """
    carrier = carriers().get(connection.carrier or connection.service)
    return carrier.title if carrier is not None and carrier.brokered else ""


def group_word(carrier: str) -> str:
    """Return what to call those who share one copy of each message of a broker."""
    return "queue" if queues(carrier) else "queue group"


def participants(connection: Connection) -> tuple[Participant, Participant]:
    """Return who has opened a connection, and whom it has reached.

    Who is known to be asked elsewhere as well is known by that, whatever its ports.
    """
    opener, reached = _ends(connection)
    process = connection.principal.process
    if process is None:
        return opener, reached
    role, endpoint = process
    title = "server" if role == "server" else "client"
    name = connection.names.of_server(endpoint)
    return Participant(role, title, str(endpoint), endpoint, name), reached


def _ends(connection: Connection) -> tuple[Participant, Participant]:
    client, server = connection.client_endpoint, connection.server_endpoint
    of_client, of_server = connection.client_name, connection.server_name
    carrier = carriers().get(connection.carrier)
    if carrier is not None and carrier.brokered:
        client = connection.principal.client_endpoint
        of_client = connection.names.of_server(client)  # its port tells it from others
        return (
            Participant("peer", "client", str(client), client, of_client),
            Participant("broker", carrier.title, str(server), server, of_server),
        )
    return (
        Participant("client", "client", client.host, client, of_client),
        Participant("server", "server", str(server), server, of_server),
    )
