"""Which event that a broker was handed is the one that it hands on.

An event has no id. What a broker hands on is what it was handed, byte for byte, and to
each destination in the same order: of like events, which have one channel and one body,
a destination's next delivery is the next one that it has not had. A destination, not a
connection: those who share a queue have one copy of each among them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from .plain import ASKED

if TYPE_CHECKING:
    from collections.abc import Hashable

    from .joined import Joined


PROMPT_NS = 100_000_000
"""How soon a broker hands on what it does not keep."""


class Delivery(NamedTuple):
    """An event that a broker hands on.

    Attributes:
        destination: Who shares one copy.
        time_ns: When that passed.
        opened_ns: Since when the destination can have been there: when its connection
            was opened; 0 where the capture lacks that.
        gaps: How often the capture lacks bytes of its connection until then.
        since_ns: When it subscribed; 0 where that is not known.
    """

    destination: Hashable
    time_ns: int
    opened_ns: int
    gaps: int
    since_ns: int = 0


class Like:
    """Like events of one broker, in the order in which it was handed them.

    Attributes:
        early: Those that began with a delivery, because the capture holds no transfer
            to the broker before it.
    """

    __slots__ = ("_events", "_following", "_forgotten", "_gone", "_times", "early")

    def __init__(self) -> None:
        self.early: deque[Joined] = deque()
        self._events: list[Joined] = []
        self._times: list[int] = []  # when the broker was handed each
        self._forgotten = 0  # how many before those are
        self._gone = 0  # how many of those are, at their beginning
        self._following: dict[Hashable, tuple[int, int]] = {}

    def hand_in(self, time_ns: int, event: Joined) -> None:
        """Learn of one more that the broker was handed."""
        self._events.append(event)
        self._times.append(time_ns)

    @property
    def last(self) -> Joined | None:
        """The one that the broker was handed last; None for none that is known."""
        return self._events[-1] if self._events else None

    def begin(self, delivery: Delivery, event: Joined) -> None:
        """Learn of one that begins with its delivery: what came before was not seen."""
        self.hand_in(delivery.time_ns, event)
        self.early.append(event)
        following = self._forgotten + len(self._events)
        self._following[delivery.destination] = following, delivery.gaps

    def hand_out(self, delivery: Delivery) -> Joined | None:
        """Return the event that a destination gets now; None for none of these."""
        opened, doubtful = self._next(delivery)
        if doubtful:
            self._doubt(opened)
        return self._take(delivery, opened).make() if self._has(opened) else None

    # decision 138
    def hand_out_plain(self, delivery: Delivery) -> Joined | None:
        """Return the same, if there is no doubt and it is plain; else note nothing."""
        opened, doubtful = self._next(delivery)
        if doubtful or not self._has(opened):
            return None
        plain = self._events[opened].plain
        if plain is None or len(plain.hops) != ASKED:
            return None
        return self._take(delivery, opened)

    def _next(self, delivery: Delivery) -> tuple[int, bool]:
        """Return which event a destination gets now, and whether that is in doubt.

        Where deliveries to it may be missing, it is not known which it has had: then it
        is one that the broker was handed lately, the first of those.
        """
        following, gaps = self._following.get(delivery.destination, (0, None))
        index = max(following - self._forgotten, 0)
        opened = self._first(delivery, index)
        if gaps == delivery.gaps:
            return opened, False
        lately = delivery.time_ns - PROMPT_NS
        newest = len(self._times) - 1
        opened = max(opened, min(bisect_left(self._times, lately, opened), newest))
        several = opened < newest and not delivery.opened_ns
        return opened, bool(delivery.gaps) or several

    def _has(self, place: int) -> bool:
        return place < len(self._events)

    def _take(self, delivery: Delivery, place: int) -> Joined:
        """Return the event at a place, which a destination has had from now on."""
        following = self._forgotten + place + 1
        self._following[delivery.destination] = following, delivery.gaps
        return self._events[place]

    def _first(self, delivery: Delivery, index: int) -> int:
        """Return the first from a place on that a destination can have.

        One from before it subscribed only where there is none since: a broker may read
        two connections in another order than they were captured in.
        """
        since_ns = max(delivery.opened_ns, delivery.since_ns)
        first = bisect_left(self._times, since_ns, index)
        if first < len(self._times):
            return first
        return bisect_left(self._times, delivery.opened_ns, index)

    # decision 118
    def _doubt(self, first: int) -> None:
        """Learn that a destination may have any of these, or one that is missing."""
        for each in self._events[first:]:
            if each.make().exchange is not None:
                each.exchange.gapped = True  # type: ignore[union-attr]

    def forget(self) -> bool:
        """Let go of events that are forgotten; return whether none is left."""
        while self.early and self.early[0].forgotten:
            self.early.popleft()
        count = len(self._events)
        while self._gone < count and self._events[self._gone].forgotten:
            self._gone += 1  # each is looked at once
        if self._gone > count // 2:  # … and moved once
            del self._events[: self._gone], self._times[: self._gone]
            self._forgotten += self._gone
            self._gone = 0
            self._following = {
                destination: (following, gaps)
                for destination, (following, gaps) in self._following.items()
                if following >= self._forgotten  # the others had nothing for long
            }
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
