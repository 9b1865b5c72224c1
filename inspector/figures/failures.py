"""How exchanges failed: with which status, and how long that took."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange, Outcome, error_text
from inspector.calls.statuses import REFUSED, status_of
from inspector.findings.evidence import answer_place
from inspector.ranges import RangeSet
from protocol import UNDEFINED

if TYPE_CHECKING:
    from inspector.findings.finding import Place

_MOST_TEXTS = 16
"""Different texts of errors that are counted each by itself."""
_LONGEST_TEXT = 200


def failure_text(exchange: Exchange) -> str:
    """Return the text that a call failed with, its beginning where it is long."""
    err = exchange.replies[-1].err if exchange.replies else UNDEFINED
    return "" if err is UNDEFINED else error_text(err)[:_LONGEST_TEXT]


class Failures:
    """The exchanges under a route that ended in an error, or that nobody handled.

    Attributes:
        first: The number of the first that was not refused; 0 for none.
        unhandled: Those that nobody handled.
        statuses: Status code → the errors that have it.
        shortest_ns: Of those that were not refused, the shortest time from request to
            reply; 0 for none …
        longest_ns: … and the longest.
        numbers: Of those that were not refused, the numbers.
        texts: Text of an error → how many failed with it, of few different texts.
        place: Where the first of them is.
    """

    __slots__ = (
        "first",
        "longest_ns",
        "numbers",
        "place",
        "shortest_ns",
        "statuses",
        "texts",
        "unhandled",
    )

    def __init__(self) -> None:
        self.numbers = RangeSet()
        self.texts: Counter[str] = Counter()
        self.place: Place | None = None
        self.first = 0
        self.unhandled = 0
        self.statuses: Counter[int] = Counter()
        self.shortest_ns = 0
        self.longest_ns = 0

    def add(self, exchange: Exchange) -> bool:
        """Take in one more exchange that failed.

        Returns:
            Whether that was not the caller's fault.
        """
        if exchange.outcome is Outcome.NO_HANDLER:
            self.unhandled += 1
        else:
            status = status_of(exchange.replies[-1].err)
            if status is not None:
                self.statuses[status] += 1
            if status in REFUSED:
                return False
        self._note(exchange)
        self.first = min(self.first or exchange.number, exchange.number)
        latency_ns = exchange.latency_ns or 0
        first = not self.longest_ns
        self.shortest_ns = latency_ns if first else min(self.shortest_ns, latency_ns)
        self.longest_ns = max(self.longest_ns, latency_ns)
        return True

    def _note(self, exchange: Exchange) -> None:
        """Remember where it is, and with which text it failed."""
        place = answer_place(exchange)
        if self.place is None or exchange.number < (self.place.exchange or 0):
            self.place = place
        self.numbers.add(exchange.number)
        text = failure_text(exchange)
        if text in self.texts or len(self.texts) < _MOST_TEXTS:
            self.texts[text] += 1

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
        self.numbers.merge(other.numbers, shift)
        self.place = self.place or other.place
        for text, count in other.texts.items():
            if text in self.texts or len(self.texts) < _MOST_TEXTS:
                self.texts[text] += count
        self.statuses.update(other.statuses)
        ends = [each.shortest_ns for each in (self, other) if each.longest_ns]
        self.shortest_ns = min(ends, default=0)
        self.longest_ns = max(self.longest_ns, other.longest_ns)
