"""The two ends of a connection: ``client 10.0.0.1:40000 → server :8888``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from inspector.calls.participants import participants

if TYPE_CHECKING:
    from inspector.streams.connections import Connection


def ends_text(connection: Connection) -> Text:
    """Return who has opened a connection, and whom it has reached."""
    client, server = participants(connection)
    return Text.assemble(
        (f"{client.title} ", "client"),
        str(client.endpoint),
        (" → ", "muted"),
        (f"{server.title} ", "server"),
        server.endpoint.seen_from(client.endpoint.host),
    )
