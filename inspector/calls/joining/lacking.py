"""What a capture lacks of connections to brokers, and which exchanges may be in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import CARRIER_FAILURE
from inspector.streams.items import Gap, Limited

if TYPE_CHECKING:
    from inspector.calls.matching import Tally
    from inspector.calls.passages import Passage
    from inspector.calls.seen import Anomaly
    from inspector.streams.connections import Connection, Direction

    from .joined import Joined

MAX_LACKING = 4_096
"""Connections of which it is known when the capture last lacked bytes of each."""


class Lacking:
    """Which exchanges had begun when the capture last lacked bytes.

    Args:
        tally: What counts exchanges.
    """

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._gaps: dict[Direction, int] = {}
        self._all_gaps = 0  # how often bytes are missing, of whatever connection
        self._begun: dict[Connection, int] = {}  # the latest last
        self._before = -1  # of connections that are no longer among these
        self._latest = 0

    def note(self, item: Gap | Limited | Anomaly) -> None:
        """Learn that bytes are missing, or were given up."""
        if isinstance(item, Gap):
            self._gaps[item.direction] = self._gaps.get(item.direction, 0) + 1
            self._all_gaps += 1
        else:
            cause = item.limit if isinstance(item, Limited) else item.code
            if cause not in {"frame_memory", CARRIER_FAILURE}:
                return
        self._latest = self._tally.exchanges
        begun, connection = self._begun, item.direction.connection
        begun.pop(connection, None)
        if len(begun) >= MAX_LACKING:
            self._before = begun.pop(next(iter(begun)))
        begun[connection] = self._latest

    def gaps(
        self, direction: Direction, *, shared: bool = False, known: bool = True
    ) -> int:
        """Return how often bytes of a direction are missing until now.

        Args:
            direction: Where something is handed on.
            shared: Whether several connections may have it, as from one queue or as a
                group: then it may be in what is missing of any.
            known: Whether the subscription was seen: if bytes of who subscribes are
                missing, it may be that of a group.
        """
        if not known:
            other = direction.connection.directions[1 - direction.side]
            shared = shared or other in self._gaps
        return self._all_gaps if shared else self._gaps.get(direction, 0)

    def concerns(self, joined: Joined) -> bool:
        """Whether what an exchange lacks may have passed in bytes that are missing.

        That is, on its caller's connection; where that is not known, on any.
        """
        caller = joined.caller
        if caller is not None and caller.unseen is not None:
            return True
        if caller is None or not joined.had:
            return joined.ledger.number <= self._latest
        passage = joined.passage
        known = {hop.direction.connection for hop in passage.hops} if passage else set()
        if joined.listens is not None:
            known.add(joined.listens)
        elif passage is not None and _listens_unseen(joined, passage):
            return True
        return any(
            joined.ledger.number <= self._begun.get(connection, self._before)
            for connection in (caller, *known)
        )

    def since(self, joined: Joined) -> bool:
        """Whether the capture lacks bytes of any connection since one has begun."""
        return joined.ledger.number <= self._latest

    def forget(self, connection: Connection) -> None:
        """Forget a connection that is over."""
        for direction in connection.directions:
            self._gaps.pop(direction, None)


def _listens_unseen(joined: Joined, passage: Passage) -> bool:
    """Whether replies to a call wait, and nothing was seen of where it listens."""
    waiting = (pending for pending in joined.pending if not pending.hop.elsewhere)
    return joined.dual and not passage.unheard and any(waiting)
