"""Which connections are of interest: all but those that are passed over.

::

    Segment ─► reassembly ─► readers of the streams ─► pass_over(connection)
       ▲                                                   │
       └─────────── its flows are left out ◄───────────────┘
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container

    from inspector.streams.connections import Connection


# decision 11: What is of interest is an object of its own
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

    def pass_over(self, connection: Connection) -> None:
        """Learn that no stage reads a connection any more."""
        connection.ignore()
        if not connection.closed:
            self._passed_over.update(connection.flows)

    def end(self, connection: Connection) -> None:
        """Learn that a connection is over: its ports may be used anew."""
        self._passed_over.difference_update(connection.flows)
