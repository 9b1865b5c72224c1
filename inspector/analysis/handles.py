"""Numbers that stand for many, such as ``#2 #4–#8 and 193 more``."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_MAX_RANGES = 32


class Handles:
    """A set of numbers, of which the smallest are remembered, as ranges.

    Attributes:
        count: How many numbers were added.
    """

    def __init__(self) -> None:
        self.count = 0
        self._ranges: list[list[int]] = []

    def add(self, number: int) -> None:
        """Add a number that was not added before."""
        self.count += 1
        ranges = self._ranges
        if len(ranges) == _MAX_RANGES and number > ranges[-1][1] + 1:
            return
        index = bisect_right(ranges, number, key=lambda each: each[0])
        if index and ranges[index - 1][1] == number - 1:
            ranges[index - 1][1] = number
            if index < len(ranges) and ranges[index][0] == number + 1:
                ranges[index - 1][1] = ranges.pop(index)[1]
        elif index < len(ranges) and ranges[index][0] == number + 1:
            ranges[index][0] = number
        else:
            ranges.insert(index, [number, number])
            del ranges[_MAX_RANGES:]

    def renumber(self, number: Callable[[int], int]) -> None:
        """Give each number another, in the same order."""
        count, ranges = self.count, self._ranges
        self.__init__()  # type: ignore[misc]
        for first, last in ranges:
            for each in range(first, last + 1):
                self.add(number(each))
        self.count = count

    def merge(self, other: Handles, shift: int = 0) -> None:
        """Add the numbers of another set, each raised by ``shift``."""
        self.count += other.count
        ranges = [[first + shift, last + shift] for first, last in other._ranges]
        merged: list[list[int]] = []
        for first, last in sorted([*self._ranges, *ranges]):
            if merged and merged[-1][1] == first - 1:
                merged[-1][1] = last
            else:
                merged.append([first, last])
        self._ranges = merged[:_MAX_RANGES]

    def text(self, most: int, prefix: str = "") -> str:
        """Return the smallest numbers, ``most`` ranges at most, then how many more."""
        shown = self._ranges[:most]
        words = [
            f"{prefix}{first}" if first == last else f"{prefix}{first}–{prefix}{last}"
            for first, last in shown
        ]
        rest = self.count - sum(last - first + 1 for first, last in shown)
        return " ".join(words) + (f" and {rest:,} more" if rest else "")
