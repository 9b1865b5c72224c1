"""Exchanges to calls over time and distributions of latency, by pattern.

Memory is bounded, whatever the length of the capture: the first exchanges are kept to
be drawn one by one, and of the others only counts remain.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange, Kind, Outcome

from .latency import Latencies
from .worst import Worst

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DRAWN = 20
"""Exchanges that are drawn one by one; of more, only the counts are shown."""

_EXACT = 10_000
_BINS = 4096


class Moments:
    """Points in time, to be counted in columns when the last of them is known.

    The first 10,000 are kept as they are. From then on they are counted in bins, which
    double their width when they become too many: never less than 2,048 over the whole.

    Attributes:
        count: How many there are.
    """

    def __init__(self) -> None:
        self.count = 0
        self._exact: list[int] = []
        self._width = 0  # of a bin, in nanoseconds; 0 while all are exact
        self._bins: Counter[int] = Counter()

    def add(self, time_ns: int) -> None:
        """Add a point in time, in nanoseconds since 1970."""
        self.count += 1
        if self._width:
            self._bins[time_ns // self._width] += 1
            if len(self._bins) > _BINS:
                self._widen()
            return
        self._exact.append(time_ns)
        if len(self._exact) > _EXACT:
            self._count_in_bins()

    def columns(self, first_ns: int, span_ns: int, number: int) -> list[int]:
        """Return how many fall into each of ``number`` columns of a span of time."""
        counts = [0] * number
        for time_ns, count in self._items():
            column = (time_ns - first_ns) * number // max(span_ns, 1)
            counts[min(max(column, 0), number - 1)] += count
        return counts

    def _items(self) -> Iterator[tuple[int, int]]:
        for time_ns in self._exact:
            yield time_ns, 1
        for number, count in self._bins.items():
            yield number * self._width + self._width // 2, count

    def _count_in_bins(self) -> None:
        """Count the first in bins of the least width with which they are not too many.

        Found by trying: of how many there are, the span alone says too little.
        """
        self._width = 1
        times = set(self._exact)
        while len(times) > _BINS:
            self._width *= 2
            times = {each >> 1 for each in times}
        self._bins.update(each // self._width for each in self._exact)
        self._exact.clear()

    def _widen(self) -> None:
        self._width *= 2
        wider: Counter[int] = Counter()
        for number, count in self._bins.items():
            wider[number // 2] += count
        self._bins = wider


class Row:
    """What is known of a pattern.

    Attributes:
        moments: When its requests or events began.
        first: Latencies to the first reply.
        last: Latencies to the last.
        failed: How many ended otherwise than they should.
    """

    def __init__(self) -> None:
        self.moments = Moments()
        self.first = Latencies()
        self.last = Latencies()
        self.failed = 0

    @property
    def count(self) -> int:
        """How many exchanges there are."""
        return self.moments.count


class Timeline:
    """Exchanges over time.

    Attributes:
        rows: (carrier, route, kind) → what is known of it, in order of appearance.
        drawn: The first exchanges, one more than are drawn.
        count: How many exchanges there are.
        streams: Whether a call had several replies.
        worst: The call that deserves a look first.
    """

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str, Kind], Row] = {}
        self.drawn: list[Exchange] = []
        self.count = 0
        self.streams = False
        self.worst = Worst()

    @property
    def carriers(self) -> list[str]:
        """What carried the exchanges, in order of appearance."""
        return list(dict.fromkeys(carrier for carrier, _, _ in self.rows))

    def add(self, exchange: Exchange) -> None:
        """Count an exchange that is over; replies without a request are not counted."""
        if exchange.route is None:
            return
        self.count += 1
        self.worst.add(exchange)
        if len(self.drawn) <= MAX_DRAWN:
            self.drawn.append(exchange)
        key = exchange.carrier, exchange.route, exchange.kind
        row = self.rows.setdefault(key, Row())
        row.moments.add(exchange.time_ns)
        row.failed += failed(exchange)
        self.streams = self.streams or len(exchange.replies) > 1
        if exchange.latency_ns is not None and exchange.duration_ns is not None:
            row.first.add(exchange.latency_ns)
            row.last.add(exchange.duration_ns)


def failed(exchange: Exchange) -> bool:
    """Whether an exchange ended otherwise than it should."""
    well = exchange.outcome in {Outcome.COMPLETED, Outcome.SENT}
    return not (well or exchange.in_flight)


def steps(shortest_ns: int, longest_ns: int) -> list[tuple[int, int]]:
    """Return bounds of 1, 2 and 5 times a power of ten, from 0 to the longest.

    Args:
        shortest_ns: The first bound but 0 is the power of ten that it reaches.
        longest_ns: The last range holds it.
    """
    unit = 1
    while unit * 10 <= shortest_ns:
        unit *= 10
    bounds = [0, unit]
    while bounds[-1] <= longest_ns:
        bounds += [2 * unit, 5 * unit, 10 * unit]
        unit *= 10
    while len(bounds) > 2 and bounds[-2] > longest_ns:  # noqa: PLR2004 — one range stays
        bounds.pop()
    return list(pairwise(bounds))


def histogram(latencies: Latencies) -> list[tuple[int, int, int]]:
    """Return ranges and how many durations are in each: at least the lower bound."""
    counted = sorted(latencies.items())
    if not counted:
        return []
    ranges = steps(counted[0][0], counted[-1][0])
    return [
        (low, high, sum(count for each, count in counted if low <= each < high))
        for low, high in ranges
    ]
