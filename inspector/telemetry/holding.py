"""Exchanges of a live run, held for some seconds, until it is known who caused them.

::

    as they end ─► held until all that began before is over ─► parents ─► spans
                   5 s at most: then nobody is named, who may still go on

Nothing is held where nobody who is asked asks others. A parent is known as in a
capture, but by what has passed by then: nothing that comes later is waited for. So on
an address that many programs share, where only thousands of exchanges show whose a port
is, a trace on the wire alone names one.
"""

from __future__ import annotations

from collections import deque
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from inspector.calls.chains.book import Book
from inspector.calls.chains.lanes import is_crowded
from inspector.calls.chains.notes import EVENT_NS
from inspector.calls.chains.possible import Possible
from inspector.calls.chains.seeking import Seeker
from inspector.calls.exchanges import Kind
from inspector.calls.links import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.calls.exchanges import Exchange

HOLD_S = 5.0
"""Seconds that an exchange waits for those that began before it."""
MOST_HELD = 4_096
"""Exchanges that wait."""
MOST_NOTES = 4_096
"""Exchanges that may turn out to be parents."""
_BEFORE = 256  # that are remembered until it is known whether chains can be
_MOST_PENDING = 10_000  # that are known by their numbers …
_MOST_OVER = 1_000  # … and about so many that are over


class Holding:
    """Give exchanges of a live run their parents, as far as those are known in time.

    Args:
        hold_s: Seconds that one waits at most.
        most: How many wait.
    """

    def __init__(self, hold_s: float = HOLD_S, most: int = MOST_HELD) -> None:
        self._hold_s, self._most = hold_s, most
        self._possible = Possible()
        self._before: deque[Exchange] = deque(maxlen=_BEFORE)
        self._seeker: Seeker | None = None
        self._waiting: list[tuple[int, Exchange]] = []
        self._arrived: deque[tuple[float, int]] = deque()
        self._pending: set[int] = set()
        self._numbers: list[int] = []  # those that are pending, and some that are not
        self._next = 1
        self._blind = False  # whether so many were pending that they are not known
        self._settled = 0
        self._lost_ns = 0  # what begins until then may be of one that nobody knows

    def add(self, exchange: Exchange, now_s: float) -> Iterator[Exchange]:
        """Take in an exchange that is over; yield those that need not wait any more.

        Args:
            exchange: The exchange.
            now_s: The time, by a clock that is never set.
        """
        self._count(exchange.number)
        if self._seeker is None:
            self._possible.add(exchange)
            if not self._possible.holds:
                self._before.append(exchange)
                self._settled = max(self._settled, exchange.number)
                yield exchange
                return
            self._seeker = self._begun()
        if exchange.number <= self._settled:  # what it caused has gone ahead
            self._lost_ns = max(self._lost_ns, _until_ns(exchange))
            yield exchange
            return
        heappush(self._waiting, (exchange.number, exchange))
        self._arrived.append((now_s, exchange.number))
        yield from self.elapse(now_s)

    def elapse(self, now_s: float) -> Iterator[Exchange]:
        """Yield the exchanges that need not wait any more, or have waited for long."""
        while self._arrived and (
            self._arrived[0][0] <= now_s - self._hold_s
            or len(self._waiting) > self._most
        ):
            _, number = self._arrived.popleft()
            while self._waiting and self._waiting[0][0] <= number:
                yield self._settle()
        while self._waiting and self._waiting[0][0] < self._first_pending():
            yield self._settle()

    def finish(self) -> Iterator[Exchange]:
        """Yield the exchanges that wait still."""
        while self._waiting:
            yield self._settle()

    def _begun(self) -> Seeker:
        seeker = Seeker(0)
        seeker.book = Book(MOST_NOTES)
        for each in sorted(self._before, key=lambda each: each.number):
            seeker.remember(each)
        self._before.clear()
        return seeker

    def _count(self, number: int) -> None:
        """Note that an exchange is over; those that began before it may not be."""
        if number < self._next:
            self._pending.discard(number)
            return
        if len(self._pending) + number - self._next > _MOST_PENDING:
            self._blind = True
        else:
            for each in range(self._next, number):
                self._pending.add(each)
                heappush(self._numbers, each)
            if len(self._numbers) > 2 * len(self._pending) + _MOST_OVER:
                self._numbers = sorted(self._pending)  # which is a heap, too
        self._next = number + 1

    def _first_pending(self) -> int:
        """Return the number of the first exchange that began, and is not over.

        It is 0 where nobody knows: then each may be the parent of each.
        """
        if self._blind:
            return 0
        while self._numbers and self._numbers[0] not in self._pending:
            heappop(self._numbers)
        return self._numbers[0] if self._numbers else self._next

    def _settle(self) -> Exchange:
        """Return the first exchange that waits, with its parent, if that is certain."""
        assert self._seeker is not None
        number, exchange = heappop(self._waiting)
        self._settled = max(self._settled, number)
        if self._first_pending() < number:  # which may be its parent
            self._lost_ns = max(self._lost_ns, exchange.time_ns)
        if exchange.time_ns <= self._lost_ns:
            self._seeker.remember(exchange)
            return exchange
        for _ in self._seeker.add(exchange):
            pass
        link = exchange.link
        if (
            link is not None
            and link.evidence is not Evidence.TRACE
            and _shares(exchange)
        ):
            exchange.link = None
        return exchange


def _shares(exchange: Exchange) -> bool:
    """Whether an address of an exchange is that of many programs."""
    return any(is_crowded(each.host) for each in exchange.connection.endpoints)


def _until_ns(exchange: Exchange) -> int:
    """Return until when something may begin that an exchange has caused."""
    if exchange.kind is Kind.EVENT:
        return exchange.asked_ns + EVENT_NS
    return max(exchange.last_reply_ns or 0, exchange.ended_ns, exchange.asked_ns)
