"""Numbers that stand for many, such as ``#2 #4–#8 and 193 more``."""

from __future__ import annotations

from bisect import bisect_right
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_REMEMBERED = 1_000


class RangeSet:
    """A set of numbers, of which the smallest are remembered, as ranges.

    Of the others only the last are, so as to count none of them twice; one that comes
    again after a thousand others is counted anew.

    Args:
        most: How many are remembered, of the smallest and of the last.

    Attributes:
        count: How many different numbers were added.
    """

    __slots__ = ("_known", "_last", "_most", "_ranges", "count")

    def __init__(self, most: int = _REMEMBERED) -> None:
        self.count = 0
        self._most = most
        self._known = 0  # how many the ranges hold
        self._ranges: list[list[int]] = []
        self._last: dict[int, None] = {}  # of those above the ranges

    def add(self, number: int) -> None:
        """Add a number; one that was added before changes nothing."""
        ranges = self._ranges
        if ranges and number <= ranges[-1][1]:
            self._insert(number)
        elif self._known == self._most:
            self._pass_over(number)
        else:
            self.count += 1
            self._known += 1
            if ranges and ranges[-1][1] == number - 1:
                ranges[-1][1] = number
            else:
                ranges.append([number, number])

    def _insert(self, number: int) -> None:
        """Add a number that is not above all that are remembered."""
        ranges = self._ranges
        index = bisect_right(ranges, number, key=lambda each: each[0])
        if index and number <= ranges[index - 1][1]:
            return
        self.count += 1
        self._known += 1
        before = index > 0 and ranges[index - 1][1] == number - 1
        after = ranges[index][0] == number + 1
        if before and after:
            ranges[index - 1][1] = ranges.pop(index)[1]
        elif before:
            ranges[index - 1][1] = number
        elif after:
            ranges[index][0] = number
        else:
            ranges.insert(index, [number, number])
        if self._known > self._most:
            self._drop_last()

    def _pass_over(self, number: int) -> None:
        """Count a number that is above those that are remembered."""
        if number in self._last:
            return
        self.count += 1
        self._remember(number)

    def _drop_last(self) -> None:
        last = self._ranges[-1]
        self._remember(last[1])
        self._known -= 1
        last[1] -= 1
        if last[1] < last[0]:
            self._ranges.pop()

    def _remember(self, number: int) -> None:
        self._last[number] = None
        if len(self._last) > self._most:
            del self._last[next(iter(self._last))]

    def __contains__(self, number: int) -> bool:
        """Whether a number was added, as far as it is remembered."""
        index = bisect_right(self._ranges, number, key=lambda each: each[0])
        known = index > 0 and number <= self._ranges[index - 1][1]
        return known or number in self._last

    def merge(self, other: RangeSet, shift: int = 0) -> None:
        """Add the numbers of another set, each raised by ``shift``.

        Those of it that are no longer remembered are taken for others than these.
        """
        for number in chain(other.numbers(), other._last):
            self.add(number + shift)
        self.count += other.count - other._known - len(other._last)

    def numbers(self) -> Iterator[int]:
        """Yield the numbers that are remembered, the smallest, in their order."""
        for first, last in self._ranges:
            yield from range(first, last + 1)

    def text(self, most: int, prefix: str = "") -> str:
        """Return the smallest numbers, ``most`` ranges at most, then how many more."""
        shown = self._ranges[:most]
        words = [
            f"{prefix}{first}" if first == last else f"{prefix}{first}–{prefix}{last}"
            for first, last in shown
        ]
        rest = self.count - sum(last - first + 1 for first, last in shown)
        return " ".join(words) + (f" and {rest:,} more" if rest else "")
