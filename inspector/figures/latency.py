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
        self._exact: list[int] | None = []
        self._buckets: Counter[int] = Counter()

    def add(self, duration_ns: int) -> None:
        """Count a duration; a negative one (a clock set back) counts as 0."""
        if duration_ns < 0:  # noqa: PLR1730 — a call of max() costs more
            duration_ns = 0
        self.count += 1
        if duration_ns > self.maximum:  # noqa: PLR1730
            self.maximum = duration_ns
        if self._exact is None:
            self._buckets[_bucket(duration_ns)] += 1
            return
        self._exact.append(duration_ns)
        if len(self._exact) > EXACT:
            self._buckets.update(map(_bucket, self._exact))
            self._exact = None

    def merge(self, other: Latencies) -> None:
        """Take in all durations of another histogram, in any order of merging."""
        self.count += other.count
        self.maximum = max(self.maximum, other.maximum)
        exact = [*(self._exact or ()), *(other._exact or ())]
        if len(exact) == self.count <= EXACT:
            self._exact = exact
            return
        self._buckets.update(map(_bucket, exact))
        self._buckets.update(other._buckets)
        self._exact = None

    def quantile(self, fraction: float) -> int | None:
        """Return the duration that ``fraction`` of all do not exceed, None if empty.

        The smallest duration of which at least that fraction is as short or shorter
        (the nearest rank), so p99 of fewer than 100 durations is the maximum.
        """
        if not self.count:
            return None
        rank = nearest_rank(fraction, self.count)
        if self._exact is not None:
            return sorted(self._exact)[rank - 1]
        if rank == self.count:
            return self.maximum
        for bucket in sorted(self._buckets):
            rank -= self._buckets[bucket]
            if rank <= 0:
                break
        return min(_middle(bucket), self.maximum)

    def items(self) -> Iterator[tuple[int, int]]:
        """Yield durations in nanoseconds, each with how many there are of it."""
        if self._exact is not None:
            yield from Counter(self._exact).items()
            return
        for bucket, count in self._buckets.items():
            yield min(_middle(bucket), self.maximum), count


def nearest_rank(fraction: float, count: int) -> int:
    """Return which of ``count`` sorted numbers a quantile is, from 1.

    0.07 of 100 is 7.000000000000001 in floats, and still the seventh.
    """
    return math.ceil(round(fraction * count, 6))


def _bucket(duration_ns: int) -> int:
    return math.ceil(math.log(duration_ns) / GROWTH) if duration_ns > 0 else -1


def _middle(bucket: int) -> int:
    return round(math.exp((bucket - 0.5) * GROWTH)) if bucket >= 0 else 0
