"""Connections that are captured before and after their addresses are translated.

::

    10.0.0.1:400 → 10.96.0.10:88   SYN, seq 7, id 5     the address of a service
    10.0.0.1:400 → 10.244.1.7:88   SYN, seq 7, id 5     the same packet, after DNAT

Where a host translates addresses, a capture of all interfaces holds each packet twice.
A proxy is something else: it has a connection of its own to the server, with numbers of
its own. So it takes both parts of a handshake, a SYN and its answer, that were captured
a moment before with one end replaced and all else equal.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from inspector.streams.flags import TcpFlag

if TYPE_CHECKING:
    from .connections import Connection, Direction
    from .copies import RecentSegments
    from .flows import FlowTable
    from .interest import Interest
    from .segments import Segment

_MOST = 1_000
"""Pairs of ends that are remembered."""


class Translations:
    """Find the connections that are another one, seen once more, and pass them over.

    Args:
        interest: Learns which connections are read no more.

    Attributes:
        connections: How many there were.
        ends: An end, and what it is translated to → how many connections.
    """

    def __init__(self, interest: Interest) -> None:
        self.connections = 0
        self.ends: Counter[tuple[str, str]] = Counter()
        self._interest = interest

    # decision 92: A translated connection is known by both parts of its handshake
    def see(
        self,
        direction: Direction,
        segment: Segment,
        recent: RecentSegments,
        flows: FlowTable,
    ) -> None:
        """Take in a SYN, or the answer to one."""
        earlier = recent.translated(segment)
        known = None if earlier is None else flows.directions.get(earlier.flow)
        if known is None:
            return
        own, other = direction.connection, known.connection
        if not segment.flags & TcpFlag.ACK:
            own.original = other
        elif own.original is other:
            self._pass_over(other, own)
        elif other.original is own:
            self._pass_over(own, other)

    def _pass_over(self, original: Connection, again: Connection) -> None:
        again.original = None
        self._interest.pass_over(again)
        self.connections += 1
        for one, other in zip(original.endpoints, again.endpoints, strict=True):
            ends = str(one), str(other)
            if one != other and (ends in self.ends or len(self.ends) < _MOST):
                self.ends[ends] += 1
