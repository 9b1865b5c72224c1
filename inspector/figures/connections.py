"""The connections that a carrier reads: those in use, and the totals of others."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from .totals import Totals

if TYPE_CHECKING:
    from inspector.streams.connections import Connection

REMEMBERED = 2_048
"""Connections that are over and still known: more than the reassembly remembers."""


# decision 36: Connections that are over become sums
class Connections:
    """The connections that a carrier reads, in order of recognition.

    After the end of one, packets may still come for a while; then its totals stay.

    Args:
        remembered: Connections that are over and still known.

    Attributes:
        known: Those of which packets may come.
        forgotten: The others.
    """

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self.known: dict[Connection, None] = {}
        self.forgotten = Totals()
        self._remembered = remembered
        self._over: deque[Connection] = deque()

    def add(self, connection: Connection) -> None:
        """Take in a connection whose carrier is known from now on."""
        self.known[connection] = None

    def close(self, connection: Connection) -> None:
        """Learn that a connection is over."""
        self._over.append(connection)
        if len(self._over) > self._remembered:
            oldest = self._over.popleft()
            self.forgotten.add(oldest)
            del self.known[oldest]
