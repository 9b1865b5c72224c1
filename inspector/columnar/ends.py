"""Who asks and who is asked, looked up once for each connection and not for each call.

An exchange says both by its connection, unless it was pushed, or only its handler was
captured.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.calls.exchanges import Exchange
    from inspector.streams.connections import Connection


class Ends(NamedTuple):
    """What some exchanges say of their ends.

    Attributes:
        connections: The numbers of the connections.
        clients: Who asks, as ``address:port`` …
        servers: … and whom.
        client_names: What people call the first; None where nobody does …
        server_names: … and the second.
        places: Of each exchange, which of these are its own.
    """

    connections: list[int]
    clients: list[str]
    servers: list[str]
    client_names: list[str | None]
    server_names: list[str | None]
    places: list[int]


class _Places(dict["Connection", int]):
    """Connection → its place among those that were asked for, in order."""

    def __missing__(self, connection: Connection) -> int:
        self[connection] = place = len(self)
        return place


def ends_of(exchanges: Sequence[Exchange]) -> Ends:
    """Return what exchanges say of their ends, each connection once."""
    known = _Places()
    places = [known[each.connection] for each in exchanges]
    ends = Ends([], [], [], [], [], places)
    for connection in known:
        _add(ends, connection, connection.client_text, connection.server_text)
    for index, each in enumerate(exchanges):
        if each.pushed or each.passage is not None:
            places[index] = _place_of(ends, each, places[index])
    return ends


def _place_of(ends: Ends, exchange: Exchange, usual: int) -> int:
    """Return the place of what an exchange says, which may differ from the usual."""
    client, server = exchange.client_text, exchange.server_text
    if ends.clients[usual] == client and ends.servers[usual] == server:
        return usual
    _add(ends, exchange.connection, client, server)
    return len(ends.clients) - 1


def _add(ends: Ends, connection: Connection, client: str, server: str) -> None:
    ends.connections.append(connection.number)
    ends.clients.append(client)
    ends.servers.append(server)
    ends.client_names.append(connection.client_name)
    ends.server_names.append(connection.server_name)
