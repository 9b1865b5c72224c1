"""Numbers that stand for many, such as ``#2 #4–#8 and 193 more``."""

from __future__ import annotations

from bisect import bisect_right
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_REMEMBERED = 1_000


class RangeSet:
    """A set of numbers, of which the smallest are remembered, as ranges.

    The same are, whatever the order in which they are added.

    Attributes:
        count: How many numbers were added.
    """

    def __init__(self) -> None:
        self.count = 0
        self._known = 0  # how many the ranges hold
        self._ranges: list[list[int]] = []

    def add(self, number: int) -> None:
        """Add a number that was not added before."""
        self.count += 1
        ranges = self._ranges
        if self._known == _REMEMBERED:
            if number > ranges[-1][1]:
                return
            self._drop_last()
        self._known += 1
        index = bisect_right(ranges, number, key=lambda each: each[0])
        if index and ranges[index - 1][1] == number - 1:
            ranges[index - 1][1] = number
            if index < len(ranges) and ranges[index][0] == number + 1:
                ranges[index - 1][1] = ranges.pop(index)[1]
        elif index < len(ranges) and ranges[index][0] == number + 1:
            ranges[index][0] = number
        else:
            ranges.insert(index, [number, number])

    def _drop_last(self) -> None:
        self._known -= 1
        self._ranges[-1][1] -= 1
        if self._ranges[-1][1] < self._ranges[-1][0]:
            self._ranges.pop()

    def merge(self, other: RangeSet, shift: int = 0) -> None:
        """Add the numbers of another set, each raised by ``shift``."""
        others = (number + shift for number in other._numbers())
        both = sorted(chain(self._numbers(), others))
        self._replace(both, self.count + other.count)

    def _numbers(self) -> Iterator[int]:
        """Yield the numbers that are remembered."""
        for first, last in self._ranges:
            yield from range(first, last + 1)

    def _replace(self, numbers: Iterable[int], count: int) -> None:
        new = RangeSet()
        for number in numbers:
            new.add(number)
        self.count, self._known, self._ranges = count, new._known, new._ranges

    def text(self, most: int, prefix: str = "") -> str:
        """Return the smallest numbers, ``most`` ranges at most, then how many more."""
        shown = self._ranges[:most]
        words = [
            f"{prefix}{first}" if first == last else f"{prefix}{first}–{prefix}{last}"
            for first, last in shown
        ]
        rest = self.count - sum(last - first + 1 for first, last in shown)
        return " ".join(words) + (f" and {rest:,} more" if rest else "")
