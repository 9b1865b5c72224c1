"""The two ends of a connection: ``client 10.0.0.1:40000 → server :8888``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.participants import participants

from .text import Text

if TYPE_CHECKING:
    from inspector.streams.connections import Connection
    from inspector.streams.endpoints import Endpoint
    from inspector.streams.names import Names


def ends_text(connection: Connection) -> Text:
    """Return who has opened a connection, and whom it has reached."""
    client, server = participants(connection)
    names = connection.names
    return Text.assemble(
        (f"{client.title} ", "client"),
        names.client(str(client.endpoint)),
        (" → ", "muted"),
        (f"{server.title} ", "server"),
        _seen(server.endpoint, client.endpoint.host, names),
        (f"   {connection.network}" * bool(connection.network), "muted"),
    )


def pair_text(near: Endpoint, far: Endpoint, names: Names) -> str:
    """Return a client and its server: ``10.0.0.1:400 → :88``, ``front → calc``."""
    return f"{names.client(str(near))} → {_seen(far, near.host, names)}"


def _seen(server: Endpoint, host: str, names: Names) -> str:
    """Return a server by its name, else without its host where that is the client's."""
    text = str(server)
    named = names.server(text)
    return server.seen_from(host) if named == text else named
