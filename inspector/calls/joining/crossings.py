"""Which event that a broker was handed is the one that it hands on.

An event has no id. What a broker hands on is what it was handed, byte for byte, and to
each destination in the same order: of like events, which have one channel and one body,
a destination's next delivery is the next one that it has not had. A destination, not a
connection: those who share a queue have one copy of each among them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from typing import TYPE_CHECKING

from protocol.named_tuple import NamedTuple

from .plain import ASKED
from .unsettled import MAX_UNSETTLED, Unsettled

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
        queued: Whether it may have waited for the destination, however long.
        again: Whether the broker says that it was delivered before.
        owed: Whether who gets it may say later what becomes of it.
    """

    destination: Hashable
    time_ns: int
    opened_ns: int
    gaps: int
    since_ns: int = 0
    queued: bool = False
    again: bool = False
    owed: bool = False

    @property
    def whole(self) -> bool:
        """Whether no delivery to the destination can be missing."""
        return not self.gaps and self.opened_ns != 0


_LIKELY = 64
"""Events that may be mistaken for one that is missing."""


class _Following(NamedTuple):
    """What a destination gets next.

    Attributes:
        place: The place of that.
        gaps: How often bytes to the destination were missing when it had one last.
        doubted_ns: When that was, if it may have been another one; else None.
    """

    place: int = 0
    gaps: int | None = None
    doubted_ns: int | None = None


_NEW = _Following()


class Like:
    """Like events of one broker, in the order in which it was handed them.

    Attributes:
        early: Those that began with a delivery, because the capture holds no transfer
            to the broker before it.
    """

    __slots__ = (
        "_doubted",
        "_events",
        "_following",
        "_forgotten",
        "_gone",
        "_rejected",
        "_shaky",
        "_times",
        "_unsettled",
        "early",
    )

    def __init__(self) -> None:
        self.early: deque[Joined] = deque()
        self._events: list[Joined] = []
        self._times: list[int] = []  # when the broker was handed each
        self._forgotten = 0  # how many before those are
        self._gone = 0  # how many of those are, at their beginning
        self._following: dict[Hashable, _Following] = {}
        self._shaky: set[int] = set()  # places of those begun by who was in doubt
        self._doubted: list[tuple[int, int]] = []  # places of all in doubt, in order
        self._unsettled: dict[Hashable, Unsettled] = {}
        self._rejected: dict[Hashable, deque[Joined]] = {}

    @property
    def several(self) -> bool:
        """Whether one of them may be mistaken for another."""
        return len(self._events) > 1

    def hand_in(self, time_ns: int, event: Joined) -> None:
        """Learn of one more that the broker was handed."""
        event.place = self._forgotten + len(self._events)
        self._events.append(event)
        self._times.append(time_ns)

    @property
    def last(self) -> Joined | None:
        """The one that the broker was handed last; None for none that is known."""
        return self._events[-1] if self._events else None

    def begin(self, delivery: Delivery, event: Joined) -> None:
        """Learn of one that begins with its delivery: what came before was not seen."""
        shaky = not (delivery.queued or self._begins(delivery))
        if delivery.queued and not delivery.whole:
            # Those before it may have had the deliveries of one that is missing.
            self._doubt(max(len(self._events) - _LIKELY, 0))
        self.hand_in(delivery.time_ns, event)
        self.early.append(event)
        if shaky:
            self._shaky.add(event.place)
        self._take(delivery, len(self._events) - 1, doubtful=shaky)

    def hand_out(self, delivery: Delivery) -> Joined | None:
        """Return the event that a destination gets now; None for none of these."""
        again = self._given_back(delivery) if delivery.again else None
        if again is not None:
            return self._events[again - self._forgotten].make()
        opened, doubtful = self._next(delivery)
        if doubtful is not None:
            self._doubt(doubtful)
        if not self._has(opened):
            return None
        return self._take(delivery, opened, doubtful=doubtful is not None).make()

    def pass_by(self, delivery: Delivery, place: int) -> None:
        """Learn that a destination has had the event at a place, and those before."""
        if place >= self._following.get(delivery.destination, _NEW).place:
            self._following[delivery.destination] = _Following(place + 1, delivery.gaps)

    # decision 138
    def hand_out_plain(self, delivery: Delivery) -> Joined | None:
        """Return the same, if there is no doubt and it is plain; else note nothing."""
        opened, doubtful = self._next(delivery)
        if doubtful is not None or not self._has(opened):
            return None
        plain = self._events[opened].plain
        if plain is None or len(plain.hops) != ASKED:
            return None
        return self._take(delivery, opened, doubtful=False)

    def _next(self, delivery: Delivery) -> tuple[int, int | None]:
        """Return which event a destination gets now, and from which on there is doubt.

        Where deliveries to it may be missing, it is not known which it has had: then it
        is one that the broker was handed lately, the first of those.
        """
        known = self._following.get(delivery.destination, _NEW)
        index = max(known.place - self._forgotten, 0)
        if delivery.queued:
            return self._next_in_queue(delivery, index)
        opened = self._first(delivery, index)
        follows = known.gaps == delivery.gaps
        if not follows or known.doubted_ns is not None:
            opened = self._lately(delivery, opened)
            several = opened < len(self._times) - 1 and not delivery.opened_ns
            if several or not self._sure(delivery):
                return opened, opened
        return opened, opened if self._forgotten + opened in self._shaky else None

    def _sure(self, delivery: Delivery) -> bool:
        """Whether a destination gets what it gets next, as far as its own tells.

        It may be another one where deliveries to it are missing, and after one that was
        in doubt, until some time has passed in which a broker hands on what it has.
        """
        _, gaps, doubted_ns = self._following.get(delivery.destination, _NEW)
        if gaps is None:
            return not delivery.gaps
        if gaps != delivery.gaps or doubted_ns is None:
            return gaps == delivery.gaps
        alone = self._lately(delivery, 0) >= len(self._times) - 1
        return alone and delivery.time_ns - doubted_ns > PROMPT_NS

    def _begins(self, delivery: Delivery) -> bool:
        """Whether a destination surely gets one that nobody is known to have had.

        The first on a connection that was open when the capture began may be older than
        the first on another one.
        """
        first = delivery.destination not in self._following
        return delivery.whole if first else self._sure(delivery)

    def _has(self, place: int) -> bool:
        return place < len(self._events)

    def _take(self, delivery: Delivery, place: int, *, doubtful: bool) -> Joined:
        """Return the event at a place, which a destination has had from now on.

        Args:
            delivery: What the destination gets.
            place: Which one that is.
            doubtful: Whether it may be another one.
        """
        following = self._forgotten + place + 1
        doubted_ns = delivery.time_ns if doubtful else None
        self._following[delivery.destination] = _Following(
            following, delivery.gaps, doubted_ns
        )
        self._note(delivery, following - 1)
        return self._events[place]

    def _lately(self, delivery: Delivery, index: int) -> int:
        """Return the first from a place on that was handed in lately, or the last."""
        newest = len(self._times) - 1
        lately = bisect_left(self._times, delivery.time_ns - PROMPT_NS, index)
        return max(index, min(lately, newest))

    def _next_in_queue(self, delivery: Delivery, index: int) -> tuple[int, int | None]:
        """Return the next one of a queue, however old that is, and where doubt begins.

        Where deliveries may be missing it is one that was handed in lately, in doubt
        if there are several.
        """
        if delivery.whole or index >= len(self._events):
            return index, None
        doubtful = index if index < len(self._events) - 1 else None
        return self._lately(delivery, index), doubtful

    def settle(self, destination: Hashable, place: int, *, requeued: bool) -> None:
        """Learn what becomes of one that a destination had."""
        unsettled = self._unsettled.get(destination)
        if unsettled is not None:
            unsettled.settle(place, requeued=requeued)

    def reject(self, destination: Hashable, event: Joined) -> None:
        """Learn that a destination does not keep one."""
        rejected = self._rejected.setdefault(destination, deque(maxlen=MAX_UNSETTLED))
        rejected.append(event)

    def take_rejected(self, destination: Hashable) -> Joined | None:
        """Return the first that a destination did not keep, each once."""
        rejected = self._rejected.get(destination)
        return rejected.popleft() if rejected else None

    def _note(self, delivery: Delivery, place: int) -> None:
        """Learn that a destination has one, which it may give back."""
        if not delivery.owed:
            return
        unsettled = self._unsettled.get(delivery.destination)
        if unsettled is None:
            unsettled = self._unsettled[delivery.destination] = Unsettled()
        unsettled.add(place)

    def _given_back(self, delivery: Delivery) -> int | None:
        """Return the place of what is delivered again; None where that is not known."""
        unsettled = self._unsettled.get(delivery.destination)
        if unsettled is None:
            return None
        return unsettled.take_again(self._forgotten)

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
        """Learn that a destination may have any of these, or one that is missing.

        Those that are in doubt already are not looked at again: whoever has thousands
        of like events without any doubt about the others says so for each delivery.
        """
        low, high = self._forgotten + first, self._forgotten + len(self._events)
        newest, doubted = high, self._doubted
        if low >= high:
            return
        while doubted and doubted[-1][1] >= low:
            known_low, known_high = doubted.pop()
            self._say_doubt(known_high, high)
            low, high = min(low, known_low), known_low
        self._say_doubt(low, high)
        doubted.append((low, newest))

    def _say_doubt(self, low: int, high: int) -> None:
        """Say of events at some places that more, or less, may be of them."""
        first, after = max(low - self._forgotten, 0), max(high - self._forgotten, 0)
        for each in self._events[first:after]:
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
            self._shaky = {each for each in self._shaky if each >= self._forgotten}
            self._doubted = [
                each for each in self._doubted if each[1] > self._forgotten
            ]
            self._following = {
                destination: following
                for destination, following in self._following.items()
                if following.place >= self._forgotten  # the others had nothing for long
            }
        return not (self._events or self.early)


class Crossings:
    """Events on their way through brokers, by what is alike in them."""

    def __init__(self) -> None:
        self._like: dict[Hashable, Like] = {}

    def known(self, key: Hashable) -> Like | None:
        """Return the same, if there are any."""
        return self._like.get(key)

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
