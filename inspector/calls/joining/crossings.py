"""Which event that a broker was handed is the one that it hands on.

An event has no id. What a broker hands on is what it was handed, byte for byte, and to
each destination in the same order: of like events, which have one channel and one body,
a destination's next delivery is the next one that it has not had. A destination, not a
connection: those who share a queue have one copy of each among them.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable

    from .joined import Joined


class Like:
    """Like events of one broker, in the order in which it was handed them.

    Attributes:
        early: Those that began with a delivery, because the capture holds no transfer
            to the broker before it.
    """

    __slots__ = ("_events", "_first", "_following", "early")

    def __init__(self) -> None:
        self.early: deque[Joined] = deque()
        self._events: deque[tuple[int, Joined]] = deque()  # with the time of each
        self._first = 0  # how many before those are forgotten
        self._following: dict[Hashable, int] = {}  # destination → its next event

    def hand_in(self, time_ns: int, event: Joined) -> None:
        """Learn of one more that the broker was handed."""
        self._events.append((time_ns, event))

    def begin(self, destination: Hashable, time_ns: int, event: Joined) -> None:
        """Learn of one that begins with its delivery: what came before was not seen."""
        self.hand_in(time_ns, event)
        self.early.append(event)
        self._following[destination] = self._first + len(self._events)

    def hand_out(self, destination: Hashable, since_ns: int) -> Joined | None:
        """Return the event that a destination gets now; None for none of these.

        Args:
            destination: Who shares one copy.
            since_ns: Since when it is known to have been there, and every byte to it to
                have been captured: what it has not had from before, it never will.
        """
        index = max(self._following.get(destination, 0), self._first)
        found = None
        while found is None and index - self._first < len(self._events):
            time_ns, event = self._events[index - self._first]
            found = event if time_ns >= since_ns else None
            index += 1
        self._following[destination] = index
        return found

    def forget(self) -> bool:
        """Let go of events that are forgotten; return whether none is left."""
        while self.early and self.early[0].forgotten:
            self.early.popleft()
        while self._events and self._events[0][1].forgotten:
            self._events.popleft()
            self._first += 1
        return not (self._events or self.early)


class Crossings:
    """Events on their way through brokers, by what is alike in them."""

    def __init__(self) -> None:
        self._like: dict[Hashable, Like] = {}

    def like(self, key: Hashable) -> Like:
        """Return those of one broker with one channel and one body."""
        like = self._like.get(key)
        if like is None:
            like = self._like[key] = Like()
        return like

    def forget(self, key: Hashable) -> None:
        """Let go of those with a key that are forgotten."""
        like = self._like.get(key)
        if like is not None and like.forget():
            del self._like[key]
