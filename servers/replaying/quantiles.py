"""How long calls took, in memory that does not grow with their number."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from itertools import accumulate
from math import exp, floor, log

_GROWTH = log(1.01)
"""Each range is 1 % wider than the one before, so that a middle is within 0.5 %."""


class Quantiles:
    """Latencies, counted in ranges that grow by 1 %."""

    def __init__(self) -> None:
        self._ranges: Counter[int] = Counter()

    @property
    def count(self) -> int:
        """How many there are."""
        return self._ranges.total()

    def add(self, latency_ns: int) -> None:
        """Count a latency, in nanoseconds."""
        self._ranges[floor(log(max(latency_ns, 1)) / _GROWTH)] += 1

    def quantile(self, share: float) -> int | None:
        """Return the latency that a share of all are not above, in nanoseconds.

        Args:
            share: From 0 to 1.

        Returns:
            None if there are no latencies.
        """
        if not self._ranges:
            return None
        ranges = sorted(self._ranges)
        sums = list(accumulate(self._ranges[each] for each in ranges))
        place = min(bisect_left(sums, share * sums[-1]), len(ranges) - 1)
        return round(exp((ranges[place] + 0.5) * _GROWTH))
