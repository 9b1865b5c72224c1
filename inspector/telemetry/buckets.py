"""Durations in exponential buckets, as OpenTelemetry counts them.

Bucket ``i`` of scale ``s`` holds seconds above ``base**i``, up to ``base**(i + 1)``;
``base`` is ``2**(2**-s)``. Our own buckets, of :mod:`inspector.figures.latency`, cannot
be sent as such: their bounds are powers of 1.01, none of which is a power of any such
base but 1 (101 divides ``101**n``, and neither ``100**n`` nor a power of 2). So
durations are counted here anew, one by one, on the finest scale that takes 160 buckets
at most.

The next lower scale merges pairs of buckets and moves no bound, so that nothing is lost
but resolution, and histograms of any scales add up.

Source: OpenTelemetry, "Metrics Data Model", ExponentialHistogram, and "Metrics SDK",
Base2 Exponential Bucket Histogram Aggregation (``MaxSize`` 160).
"""

from __future__ import annotations

import math
from collections import Counter

# decision 185: OpenTelemetry has its own buckets
MAX_SCALE = 6
"""The finest scale: a bucket is 1.1 % wide there, about as wide as our own."""
MAX_BUCKETS = 160
"""Buckets from the first to the last that holds something."""
_BILLION = 1_000_000_000
_HALF = 0.5


class ExponentialHistogram:
    """How many durations there are of about each length.

    Attributes:
        scale: That of its buckets; it only ever gets coarser.
        count: How many durations were counted …
        zeros: … how many of them are 0 …
        sum_ns: … and how long they are together, in nanoseconds.
        min_ns: The shortest; 0 while there is none.
        max_ns: The longest.
    """

    def __init__(self) -> None:
        self.scale = MAX_SCALE
        self.count = self.zeros = 0
        self.sum_ns = self.min_ns = self.max_ns = 0
        self._counts: Counter[int] = Counter()
        self._first = self._last = 0

    def add(self, duration_ns: int) -> None:
        """Count a duration; a negative one (a clock set back) counts as 0."""
        duration_ns = max(duration_ns, 0)
        self.min_ns = min(self.min_ns, duration_ns) if self.count else duration_ns
        self.max_ns = max(self.max_ns, duration_ns)
        self.count += 1
        self.sum_ns += duration_ns
        if duration_ns:
            self._count(index_of(duration_ns, self.scale))
        else:
            self.zeros += 1

    def buckets(self) -> tuple[int, list[int]]:
        """Return the index of the first bucket, and the counts from there on."""
        if not self._counts:
            return 0, []
        indexes = range(self._first, self._last + 1)
        return self._first, [self._counts[index] for index in indexes]

    def _count(self, index: int) -> None:
        first = min(self._first, index) if self._counts else index
        last = max(self._last, index) if self._counts else index
        while last - first >= MAX_BUCKETS:
            self._merge_pairs()
            first, last, index = first >> 1, last >> 1, index >> 1
        self._first, self._last = first, last
        self._counts[index] += 1

    def _merge_pairs(self) -> None:
        counts, self._counts = self._counts, Counter()
        for index, count in counts.items():
            self._counts[index >> 1] += count
        self.scale -= 1


def index_of(duration_ns: int, scale: int) -> int:
    """Return the bucket of a duration above 0; the upper bound of one belongs to it.

    Args:
        duration_ns: The duration in nanoseconds.
        scale: The scale, from 0 on.
    """
    mantissa, exponent = math.frexp(duration_ns / _BILLION)
    if mantissa == _HALF:  # a power of two, which rounding would put on either side
        return ((exponent - 1) << scale) - 1
    within = math.log2(mantissa) * (1 << scale)  # in (-(1 << scale), 0)
    return (exponent << scale) + math.ceil(within) - 1
