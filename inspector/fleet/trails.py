"""What is kept of a connection, so that it is known where its addresses are others.

::

    10.0.0.1:400 → 10.96.0.10:88    bytes 7 … 907 │ 9 … 5009     before translation
    10.2.0.9:712 → 10.244.1.7:88    bytes 7 … 611 │ 9 … 3110     after it, for a while

Translation of addresses replaces both ends at most; sequence numbers stay, and so do
the bytes. Two views of one connection have ranges of numbers in common in both
directions, whenever either capture began or ended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import msgspec

from inspector.tcp.segments import plain_flow, reverse_flow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inspector.streams.connections import Connection
    from inspector.tcp import connections as tcp

MOST_TRAILS = 50_000
"""Connections of a source that are compared with those of others."""


class Trail(msgspec.Struct, frozen=True, gc=False):
    """Where a connection ran, and which bytes of it were captured.

    Attributes:
        flow: Client and server, as :attr:`inspector.tcp.segments.Segment.flow`, without
            a virtual network.
        starts: The sequence number of the first byte of the client, and of the server …
        sizes: … and how many bytes of each were captured, or acknowledged.
        first_ns: When its first packet was captured …
        last_ns: … and its last data.
    """

    flow: bytes
    starts: tuple[int, int]
    sizes: tuple[int, int]
    first_ns: int
    last_ns: int


class Readdressed(msgspec.Struct, frozen=True):
    """A connection of which some were captured with other addresses.

    Attributes:
        trail: The connection, as it was captured.
        flow: Its client and server, as it counts: those that its client knows.
        ends: Where its packets begin and end: its client as that has it, and its server
            as that has it itself.
    """

    trail: Trail
    flow: bytes
    ends: bytes


class Trails:
    """The trails of a source.

    Args:
        most: How many are kept.

    Attributes:
        kept: The first of them.
        left_out: How many more there were.
    """

    def __init__(self, most: int = MOST_TRAILS) -> None:
        self.kept: list[Trail] = []
        self.left_out = 0
        self._most = most

    def add(self, connection: Connection) -> None:
        """Take in a connection, unless no byte of a side of it is known."""
        trail = trail_of(connection)
        if trail is None:
            return
        if len(self.kept) < self._most:
            self.kept.append(trail)
        else:
            self.left_out += 1


def trail_of(connection: Connection) -> Trail | None:
    """Return the trail of a connection; None if a side of it is not known at all."""
    sides = cast("tuple[tcp.Direction, tcp.Direction]", connection.directions)
    flow = cast("tcp.Connection", connection).flow
    if connection.client:
        sides, flow = (sides[1], sides[0]), reverse_flow(flow)
    if not (sides[0].begun and sides[1].begun):
        return None
    return Trail(
        plain_flow(flow),
        (sides[0].start_seq, sides[1].start_seq),
        (_size(sides[0]), _size(sides[1])),
        connection.opened_ns,
        max(connection.opened_ns, *_times(sides)),
    )


def _size(side: tcp.Direction) -> int:
    return max(side.next, side.claimed)


def _times(sides: Iterable[tcp.Direction]) -> list[int]:
    return [0 if each.latest is None else each.latest.time_ns for each in sides]
