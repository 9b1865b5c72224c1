"""How exchanges failed: with which status, and how long that took."""

from __future__ import annotations

from collections import Counter

from inspector.calls.exchanges import Exchange, Outcome
from inspector.calls.statuses import REFUSED, status_of


class Failures:
    """The exchanges under a route that ended in an error, or that nobody handled.

    Attributes:
        first: The number of the first that was not refused; 0 for none.
        unhandled: Those that nobody handled.
        statuses: Status code → the errors that have it.
        shortest_ns: Of those that were not refused, the shortest time from request to
            reply; 0 for none …
        longest_ns: … and the longest.
    """

    __slots__ = ("first", "longest_ns", "shortest_ns", "statuses", "unhandled")

    def __init__(self) -> None:
        self.first = 0
        self.unhandled = 0
        self.statuses: Counter[int] = Counter()
        self.shortest_ns = 0
        self.longest_ns = 0

    def add(self, exchange: Exchange) -> None:
        """Take in one more exchange that failed."""
        if exchange.outcome is Outcome.NO_HANDLER:
            self.unhandled += 1
        else:
            status = status_of(exchange.replies[-1].err)
            if status is not None:
                self.statuses[status] += 1
            if status in REFUSED:
                return
        self.first = min(self.first or exchange.number, exchange.number)
        latency_ns = exchange.latency_ns or 0
        first = not self.longest_ns
        self.shortest_ns = latency_ns if first else min(self.shortest_ns, latency_ns)
        self.longest_ns = max(self.longest_ns, latency_ns)

    @property
    def refused(self) -> int:
        """How many of them were the caller's fault, as far as a status code says."""
        return sum(
            self.statuses[status] for status in REFUSED if status in self.statuses
        )

    def merge(self, other: Failures, shift: int = 0) -> None:
        """Take in other failures, their numbers raised by ``shift``."""
        numbers = [self.first, other.first and other.first + shift]
        self.first = min(filter(None, numbers), default=0)
        self.unhandled += other.unhandled
        self.statuses.update(other.statuses)
        ends = [each.shortest_ns for each in (self, other) if each.longest_ns]
        self.shortest_ns = min(ends, default=0)
        self.longest_ns = max(self.longest_ns, other.longest_ns)
