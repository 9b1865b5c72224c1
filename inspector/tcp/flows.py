"""Which connection a segment belongs to, as long as connections are remembered.

::

    first segment ─► open ─────────────► closed ─────────────► forgotten
                      │  both FINs, RST   ▲ │  when newer ones have closed
                      │  silent for long, │ and too many are open
                      └► pending ─────────┘
           FIN, RST, and packets of a side are missing: they may follow later

So what is kept depends on the connections that are open, not on how many there were.
"""

from __future__ import annotations

from heapq import nsmallest
from itertools import islice
from typing import TYPE_CHECKING

from .connections import Connection, Direction
from .segments import plain_flow, reverse_flow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .interest import Interest
    from .segments import Segment


MOST_NETWORKS = 16
"""Networks with equal addresses among which one that goes on is looked for, the last
that appeared; and those in which one connection is remembered."""


class FlowTable:
    """The connections that are open, and the last that were closed.

    Args:
        interest: Learns which connections are over.
        lingering: Closed connections that are remembered, for what follows a FIN or
            RST.

    Attributes:
        opened: How many connections have appeared.
        directions: Flow → the direction that it is.
    """

    def __init__(self, interest: Interest, lingering: int) -> None:
        self._lingering = lingering
        self._interest = interest
        self.opened = 0
        self.directions: dict[bytes, Direction] = {}
        # Flow without its virtual network → those that have one.
        self._tagged: dict[bytes, dict[bytes, None]] = {}
        self._open: dict[Connection, None] = {}
        self._pending: dict[Connection, None] = {}
        self._closed: dict[Connection, None] = {}

    def __len__(self) -> int:
        """Return how many connections are open."""
        return len(self._open)

    def open(self, segment: Segment) -> Direction:
        """Return the direction of the first segment of a connection."""
        self.opened += 1
        connection = Connection(self.opened, segment)
        for flow, direction in zip(
            connection.flows, connection.directions, strict=True
        ):
            self._lead(flow, direction)
        self._open[connection] = None
        return connection.directions[0]

    def elsewhere(self, segment: Segment) -> Direction | None:
        """Return the direction of a segment whose flow is new, by another network.

        None where no connection with its addresses goes on with its numbers.
        """
        flow, plain = segment.flow, plain_flow(segment.flow)
        if flow == plain and plain not in self._tagged:
            return None
        latest = islice(reversed(self._tagged.get(plain, {})), MOST_NETWORKS)
        for each in (plain, *latest):
            direction = self.directions.get(each)
            if direction is not None and direction.continues(segment):
                self._join(flow, direction)
                return direction
        return None

    def _join(self, flow: bytes, direction: Direction) -> None:
        """Let a flow in another network lead to a direction, of some such flows."""
        connection, back = direction.connection, reverse_flow(flow)
        if len(connection.others) < 2 * MOST_NETWORKS:
            connection.others += (flow, back)
            self._lead(flow, direction)
            self._lead(back, direction.opposite)

    def _lead(self, flow: bytes, direction: Direction) -> None:
        """Let a flow lead to a direction."""
        self.directions[flow] = direction
        plain = plain_flow(flow)
        if plain != flow:
            self._tagged.setdefault(plain, {})[flow] = None

    # decision 88: A connection that lacks a side waits for it, as one that is open
    def suspend(self, connection: Connection, segment: Segment) -> None:
        """Learn what ends a connection, unless more of it follows later."""
        if connection.pending is None:
            connection.pending = segment
            self._pending[connection] = None

    def resume(self, connection: Connection) -> None:
        """Learn that more of a connection stood later, and that it goes on."""
        if connection.pending is not None:
            connection.pending = None
            del self._pending[connection]

    def pending(self, count: int) -> list[Connection]:
        """Return those that have been over for longest, but for what may come."""
        return list(islice(self._pending, count))

    def close(self, connection: Connection) -> None:
        """Learn that a connection is over; forget the one that is so for longest."""
        connection.closed = True
        connection.settle()
        self.resume(connection)
        del self._open[connection]
        self._closed[connection] = None
        self._interest.end(connection)
        if len(self._closed) > self._lingering:
            self.forget(next(iter(self._closed)))

    def forget(self, connection: Connection) -> None:
        """Forget a connection that is closed."""
        del self._closed[connection]
        for flow in connection.flows:
            direction = self.directions.get(flow)
            if direction is not None and direction.connection is connection:
                del self.directions[flow]
                self._let_go(flow)

    def _let_go(self, flow: bytes) -> None:
        plain = plain_flow(flow)
        tagged = self._tagged.get(plain)
        if tagged is not None and flow != plain:
            tagged.pop(flow, None)
            if not tagged:
                del self._tagged[plain]

    def still_open(self) -> list[Connection]:
        """Return the connections whose end was not seen."""
        return list(self._open)

    def quietest(self, count: int) -> Iterable[Connection]:
        """Return the open connections that were silent for longest."""
        return nsmallest(count, self._open, key=_last_heard)


def _last_heard(connection: Connection) -> int:
    """Return when a connection had its last data; nothing is noted of ignored ones."""
    latest = [direction.latest for direction in connection.directions]
    return max([connection.opened_ns, *(each.time_ns for each in latest if each)])
