"""Which connections are of interest: all but those that are passed over.

::

    Segment ─► reassembly ─► readers of the streams ─► pass_over(connection)
       ▲                                                   │
       └─────────── its flows are left out ◄───────────────┘
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .connections import Connection
from .segments import reverse_flow

if TYPE_CHECKING:
    from collections.abc import Container

    from inspector.streams import connections as streams


class Interest:
    """What is of interest in a capture; the inspection owns it."""

    def __init__(self) -> None:
        self._passed_over: set[bytes] = set()

    @property
    def passed_over(self) -> Container[bytes]:
        """Flows of which only segments with SYN, FIN or RST matter, always up to date.

        Those say when ports may be used anew.
        """
        return self._passed_over

    def pass_over(self, connection: streams.Connection) -> None:
        """Learn that no stage reads a connection any more."""
        assert isinstance(connection, Connection)  # of those that were reassembled
        connection.ignored = True
        connection.settle()
        if not connection.closed:
            self._passed_over.update(_flows(connection))

    def end(self, connection: Connection) -> None:
        """Learn that a connection is over: its ports may be used anew."""
        self._passed_over.difference_update(_flows(connection))


def _flows(connection: Connection) -> tuple[bytes, bytes]:
    return connection.flow, reverse_flow(connection.flow)
