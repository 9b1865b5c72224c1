"""Connections that a person names by their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.costs import begins
from inspector.errors import InspectorError

from .speech import say

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from inspector.journal import CapturedPacket, Journal
    from inspector.streams.connections import Connection

_NAMED = 8  # connections that an error names


def of_connections(
    packets: Iterator[CapturedPacket], wanted: Collection[int]
) -> Iterator[CapturedPacket]:
    """Yield the packets of some connections; of all where none is named."""
    for packet in packets:
        assert packet.connection is not None
        if not wanted or packet.connection.number in wanted:
            yield packet


def check_connections(wanted: Collection[int], journal: Journal) -> None:
    """Make sure that the connections that were named are Nest's.

    Raises:
        InspectorError: One of them is not, though others are.
    """
    concerned = {connection.number for connection in journal.nest}
    known_ones = [each for each in journal.nest if each.carrier]
    nest = sorted(each.number for each in known_ones if not begins(each.carrier))
    for number in wanted:
        if nest and number not in concerned:
            known = ", ".join(map(str, nest[:_NAMED]))
            more = "" if len(nest) <= _NAMED else f" and {len(nest) - _NAMED:,} more"
            which = "the only one is" if len(nest) == 1 else "those are"
            problem = f"no Nest connection; {which} {known}{more}"
            raise InspectorError(f"connection {number}", problem)


def say_failed(wanted: Collection[int], journal: Journal) -> None:
    """Say of connections that were named, and carried nothing, that they failed."""
    for connection in journal.nest:
        failed = connection.attempts and not connection.established
        if connection.number in wanted and failed:
            say(f"connection {connection.number}: {_failure(connection)}", "warning")


def _failure(connection: Connection) -> str:
    """Return how a connection failed that was never established."""
    server = connection.names.server(str(connection.server_endpoint))
    side, record = connection.trouble.get("reset", (connection.client, 0))
    if side == connection.client:
        return f"{server} did not answer the SYN in packet {connection.opened_in}"
    return f"{server} refused it with the RST in packet {record}; it carried nothing"
