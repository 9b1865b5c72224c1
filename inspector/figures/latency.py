"""Durations to quantiles, in bounded memory, whatever the order they come in.

The first thousand durations are kept as they are, so that the quantiles of most
captures are exact. From then on they are counted in buckets whose bounds grow by 1 %,
so that a quantile is within 0.5 % of a duration that was measured. The bounds are
fixed, so two histograms add up to the histogram of all their durations.

Source: the sketch of Masson, Rim and Lee, "DDSketch", VLDB 2019, section 2.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

EXACT = 1000
"""Numbers that are kept as they are."""
GROWTH = math.log(1.01)
"""By how much the logarithms of the bounds of a bucket differ."""


class Latencies:
    """A histogram of durations in nanoseconds.

    Attributes:
        count: How many durations it holds.
        maximum: The longest of them, exactly.
    """

    def __init__(self) -> None:
        self.count = 0
        self.maximum = 0
        self._latest: list[int] = []  # which are not in a bucket yet
        self._buckets: Counter[int] = Counter()  # empty while all are kept

    def add(self, duration_ns: int) -> None:
        """Count a duration; a negative one (a clock set back) counts as 0."""
        if duration_ns < 0:  # noqa: PLR1730 — a call of max() costs more
            duration_ns = 0
        self.count += 1
        if duration_ns > self.maximum:  # noqa: PLR1730
            self.maximum = duration_ns
        self._latest.append(duration_ns)
        if len(self._latest) > EXACT:
            self._settle()

    def merge(self, other: Latencies) -> None:
        """Take in all durations of another histogram, in any order of merging."""
        self.count += other.count
        self.maximum = max(self.maximum, other.maximum)
        self._latest += other._latest
        self._buckets.update(other._buckets)
        if self._buckets or len(self._latest) > EXACT:
            self._settle()

    @property
    def counted(self) -> tuple[list[int], list[tuple[int, int]]]:
        """The durations as they are kept, in order; else buckets with their counts.

        One of both is empty. Equal durations give equal lists, however they came.
        """
        if self._buckets:
            self._settle()
        return sorted(self._latest), sorted(self._buckets.items())

    @classmethod
    def restored(
        cls, maximum: int, durations: list[int], buckets: list[tuple[int, int]]
    ) -> Latencies:
        """Return the histogram of which :attr:`counted` was written down."""
        made = cls()
        made.maximum = maximum
        made._latest, made._buckets = list(durations), Counter(dict(buckets))
        made.count = len(durations) + made._buckets.total()
        return made

    def quantile(self, fraction: float) -> int | None:
        """Return the duration that ``fraction`` of all do not exceed, None if empty.

        The smallest duration of which at least that fraction is as short or shorter
        (the nearest rank), so p99 of fewer than 100 durations is the maximum.
        """
        if not self.count:
            return None
        rank = nearest_rank(fraction, self.count)
        if not self._buckets:
            return sorted(self._latest)[rank - 1]
        if rank == self.count:
            return self.maximum
        self._settle()
        for bucket in sorted(self._buckets):
            rank -= self._buckets[bucket]
            if rank <= 0:
                break
        return min(_middle(bucket), self.maximum)

    def items(self) -> Iterator[tuple[int, int]]:
        """Yield durations in nanoseconds, each with how many there are of it."""
        if not self._buckets:
            yield from Counter(self._latest).items()
            return
        self._settle()
        for bucket, count in self._buckets.items():
            yield min(_middle(bucket), self.maximum), count

    def _settle(self) -> None:
        """Count the latest in their buckets: many at once take half the time."""
        latest, ceil, log = self._latest, math.ceil, math.log
        self._buckets.update([ceil(log(ns) / GROWTH) if ns else -1 for ns in latest])
        self._latest = []


def nearest_rank(fraction: float, count: int) -> int:
    """Return which of ``count`` sorted numbers a quantile is, from 1.

    0.07 of 100 is 7.000000000000001 in floats, and still the seventh.
    """
    return math.ceil(round(fraction * count, 6))


def _middle(bucket: int) -> int:
    return round(math.exp((bucket - 0.5) * GROWTH)) if bucket >= 0 else 0
