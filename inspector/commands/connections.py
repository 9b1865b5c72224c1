"""Connections that a person names by their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.errors import InspectorError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from inspector.journal import CapturedPacket, Journal

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
    nest = sorted(connection.number for connection in journal.nest)
    for number in wanted:
        if nest and number not in nest:
            known = ", ".join(map(str, nest[:_NAMED]))
            more = "" if len(nest) <= _NAMED else f" and {len(nest) - _NAMED:,} more"
            which = "the only one is" if len(nest) == 1 else "those are"
            problem = f"no Nest connection; {which} {known}{more}"
            raise InspectorError(f"connection {number}", problem)
