"""Errands that come before the request that they are for, until that comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable

    from inspector.calls.seen import Upkeep
    from inspector.streams.connections import Connection

MAX_WAITING = 4_096
"""Errands that may wait for their request, of all connections."""


class Openings:
    """Errands that wait for their request."""

    def __init__(self, most: int = MAX_WAITING) -> None:
        self._waiting: dict[tuple[Connection, Hashable], Upkeep] = {}
        self._most = most

    def keep(self, upkeep: Upkeep, about: Hashable) -> None:
        """Keep an errand until a request of its connection claims it."""
        if len(self._waiting) >= self._most:
            del self._waiting[next(iter(self._waiting))]
        self._waiting[upkeep.direction.connection, about] = upkeep

    def get(self, connection: Connection, about: Hashable) -> Upkeep | None:
        """Return an errand that several are about to claim, if there is one."""
        return self._waiting.get((connection, about))

    def waits(self, connection: Connection, about: Hashable) -> bool:
        """Whether there is an errand that a request is about to claim."""
        return (connection, about) in self._waiting

    def claim(self, connection: Connection, about: Hashable) -> Upkeep | None:
        """Return the errand that a request is about to claim, if there is one."""
        return self._waiting.pop((connection, about), None)
