"""Events that a destination had, and is not done with: it may give them back."""

from __future__ import annotations

from heapq import heappop, heappush

MAX_UNSETTLED = 4_096
"""Events that a destination may have, and give back; the oldest are forgotten."""


class Unsettled:
    """Events that a destination had, and is not done with, by their places."""

    __slots__ = ("_back", "_had")

    def __init__(self) -> None:
        self._had: dict[int, None] = {}
        self._back: list[int] = []  # a heap: a queue keeps its order

    def add(self, place: int) -> None:
        """Learn that the destination has one."""
        self._had[place] = None
        if len(self._had) > MAX_UNSETTLED:
            del self._had[next(iter(self._had))]

    def settle(self, place: int, *, requeued: bool) -> None:
        """Learn that it is done with one, or has given it back."""
        if place in self._had:
            del self._had[place]
            if requeued and len(self._back) < MAX_UNSETTLED:
                heappush(self._back, place)

    def take_again(self, first: int) -> int | None:
        """Return which one it gets again; None where that is not known.

        The oldest that it has given back; else the oldest that it had, and of which
        nothing was heard.

        Args:
            first: Of which one on they are remembered.
        """
        while self._back:
            place = heappop(self._back)
            if place >= first:
                self.add(place)
                return place
        for place in list(self._had):
            if place >= first:
                return place
            del self._had[place]
        return None
