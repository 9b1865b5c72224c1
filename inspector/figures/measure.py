"""Numbers of any kind to their sum, bounds and quantiles, in bounded memory.

The first thousand numbers are kept as they are, so that everything about most captures
is exact. From then on they are counted in buckets, apart for negative numbers, zeros
and positive ones, whose bounds grow by 1 %: a quantile is within 0.5 % of a number that
was measured. Should there be more than 4,096 buckets, which takes numbers that span 17
orders of magnitude, each two become one, and the error doubles. Count, sum, mean, least
and greatest number are always exact.

The buckets depend on what was measured alone: not on its order, nor on what was merged
with what.

Source: the sketch of Masson, Rim and Lee, "DDSketch", VLDB 2019, section 2; its pairs
of buckets are those of Epicoco et al., "UDDSketch", IEEE Access 2020, section III; the
exact sum is that of Shewchuk, "Adaptive Precision Floating-Point Arithmetic", 1997.
"""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING

from .latency import EXACT, GROWTH, nearest_rank

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_BUCKETS = 4_096
_LARGEST_EXPONENT = 709.0  # of e, in a float
_MANTISSA = 53  # bits of a float


class Measure:
    """What is known of some numbers: integers of any size, and floats.

    An infinity, such as the number of the JSON text ``1e400``, is greater or less than
    all others. NaN is not a number, and is passed over.

    Args:
        most_exact: How many numbers are kept as they are.
        most_buckets: How many buckets there may be, 7 at least: zero, and of either
            sign what is below 1, what is above it, and an infinity.

    Attributes:
        count: How many numbers there are.
    """

    def __init__(
        self, most_exact: int = EXACT, most_buckets: int = MAX_BUCKETS
    ) -> None:
        self.count = 0
        self._most_exact, self._most_buckets = most_exact, most_buckets
        self._bounds: tuple[float, float] | None = None
        self._sum = _Sum()
        self._whole = True  # whether all are integers
        self._exact: list[float] | None = []
        self._buckets: Counter[tuple[int, float]] = Counter()  # by sign and index
        self._halvings = 0  # how often two buckets became one

    def add(self, number: float) -> None:
        """Take in a number."""
        if number != number:  # noqa: PLR0124 — NaN, which may also be an int for math.isnan
            return
        self.count += 1
        self._sum.add(number)
        self._whole = self._whole and isinstance(number, int)
        least, greatest = self._bounds or (number, number)
        self._bounds = min(least, number), max(greatest, number)
        if self._exact is not None:
            self._exact.append(number)
            if len(self._exact) > self._most_exact:
                self._spread()
        else:
            self._buckets[self._bucket(number)] += 1
            self._narrow()

    def merge(self, other: Measure) -> None:
        """Take in all numbers of another measure with the same limits."""
        self.count += other.count
        self._sum.merge(other._sum)
        self._whole = self._whole and other._whole
        ends = [*(self._bounds or ()), *(other._bounds or ())]
        self._bounds = (min(ends), max(ends)) if ends else None
        if self._exact is not None and other._exact is not None:
            self._exact += other._exact
            if len(self._exact) > self._most_exact:
                self._spread()
            return
        self._spread()
        while self._halvings < other._halvings:
            self._halve()
        for (sign, index), count in other._buckets.items():
            key = sign, _halved(index, self._halvings - other._halvings)
            self._buckets[key] += count
        self._buckets.update(map(self._bucket, other._exact or ()))
        self._narrow()

    @property
    def least(self) -> float | None:
        """The least number, exactly; None if there are none."""
        return None if self._bounds is None else self._bounds[0]

    @property
    def greatest(self) -> float | None:
        """The greatest number, exactly; None if there are none."""
        return None if self._bounds is None else self._bounds[1]

    @property
    def sum(self) -> float:
        """Their sum, exactly: an integer where it is one, else the nearest float."""
        return self._sum.over(1)

    @property
    def mean(self) -> float | None:
        """Their mean, to the nearest float; None if there are none."""
        return self._sum.over(self.count) if self.count else None

    def quantile(self, fraction: float) -> float | None:
        """Return the number that ``fraction`` of all do not exceed, None if empty.

        The least number of which at least that fraction is as small or smaller (the
        nearest rank); a whole one where all are whole.
        """
        if self._bounds is None:
            return None
        rank = nearest_rank(fraction, self.count)
        if self._exact is not None:
            return sorted(self._exact)[rank - 1]
        if rank == self.count:
            return self._bounds[1]
        for sign, index in sorted(self._buckets, key=_place):
            rank -= self._buckets[sign, index]
            if rank <= 0:
                break
        return self._near(sign, index)

    def _near(self, sign: int, index: float) -> float:
        """Return the middle of a bucket, as far as it is between the bounds."""
        assert self._bounds is not None
        size = _exponential((index - 0.5) * GROWTH * 2**self._halvings) if sign else 0
        if self._whole and size < math.inf:
            size = round(size)
        return max(self._bounds[0], min(sign * size, self._bounds[1]))

    def _spread(self) -> None:
        """Count in buckets what was kept as it is."""
        if self._exact is not None:
            self._buckets.update(map(self._bucket, self._exact))
            self._exact = None
            self._narrow()

    def _narrow(self) -> None:
        while len(self._buckets) > self._most_buckets:
            self._halve()

    def _halve(self) -> None:
        """Make one bucket of each two."""
        halved: Counter[tuple[int, float]] = Counter()
        for (sign, index), count in self._buckets.items():
            halved[sign, _halved(index, 1)] += count
        self._buckets = halved
        self._halvings += 1

    def _bucket(self, number: float) -> tuple[int, float]:
        """Return where a number is counted: its sign, and how large it is."""
        if not number:
            return 0, 0
        sign, size = (1, number) if number > 0 else (-1, -number)
        if size == math.inf:
            return sign, size
        return sign, _halved(math.ceil(math.log(size) / GROWTH), self._halvings)


class _Sum:
    """An exact sum, whatever is added in whatever order."""

    def __init__(self) -> None:
        self._integers = 0
        self._floats: list[float] = []  # whose exact sum is that of all floats
        self._infinite = 0.0

    def add(self, number: float) -> None:
        if isinstance(number, int):
            self._integers += number
        elif math.isinf(number):
            self._infinite += number
        else:
            self._add_float(number)

    def merge(self, other: _Sum) -> None:
        self._integers += other._integers
        self._infinite += other._infinite
        for each in other._floats:
            self._add_float(each)

    def over(self, count: int) -> float:
        """Return the sum divided by ``count``."""
        if self._infinite:
            return self._infinite
        parts: Iterable[Fraction] = map(Fraction, self._floats)
        exact = sum(parts, Fraction(self._integers)) / count
        if exact.denominator == 1:
            return exact.numerator
        try:
            return float(exact)
        except OverflowError:
            return round(exact)

    def _add_float(self, number: float) -> None:
        """Add a float to the parts; what rounding loses is a part of its own."""
        parts = []
        for part in self._floats:
            large, small = (number, part) if abs(number) > abs(part) else (part, number)
            number = large + small
            if math.isinf(number):  # beyond all floats: integers know no bound
                self._integers += int(large) + int(small)
                number = 0.0
                continue
            if lost := small - (number - large):
                parts.append(lost)
        self._floats = [*parts, number] if number else parts


def _halved(index: float, times: int) -> float:
    """Return where a bucket is found after each two have become one some times."""
    return index if index == math.inf else -(-index // 2**times)


def _place(bucket: tuple[int, float]) -> tuple[int, float]:
    """Return what buckets are sorted by, so that their numbers rise."""
    sign, index = bucket
    return sign, sign * index


def _exponential(exponent: float) -> float:
    """Return a power of e; one beyond all floats as an integer."""
    if exponent <= _LARGEST_EXPONENT or exponent == math.inf:
        return math.exp(exponent)
    binary = exponent / math.log(2)
    shift = int(binary) - _MANTISSA
    return int(2.0 ** (binary - shift)) << shift
