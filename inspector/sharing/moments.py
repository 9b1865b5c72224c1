"""Moments of a capture, in the order that they came: what has a number there.

A moment is the record that was read, as one number for all parts of a capture. Two
bytes are kept of each, so that a long capture takes little more memory than a short
one: the lower half, in pages that share the upper half.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_BITS = 16
_LOWER = (1 << _BITS) - 1


class Moments:
    """Moments that never go back."""

    def __init__(self) -> None:
        self._lower = array("H")
        self._pages: list[int] = []  # where each begins

    def __len__(self) -> int:
        return len(self._lower)

    def append(self, moment: int) -> None:
        """Add a moment that is not before the last."""
        page = moment >> _BITS
        while len(self._pages) <= page:
            self._pages.append(len(self._lower))
        self._lower.append(moment & _LOWER)

    def __getitem__(self, index: int) -> int:
        """Return the moment at a place, from 0."""
        page = bisect_right(self._pages, index) - 1
        return page << _BITS | self._lower[index]

    def before(self, moment: int) -> int:
        """Return how many moments are before one."""
        page = moment >> _BITS
        if page >= len(self._pages):
            return len(self)
        start, end = self._pages[page], len(self)
        if page + 1 < len(self._pages):
            end = self._pages[page + 1]
        return bisect_left(self._lower, moment & _LOWER, start, end)


class Numbers:
    """Numbers in the parts of a capture, to the numbers in the whole.

    Args:
        parts: When each number of a part was given. No two parts give one at the same
            moment.
    """

    def __init__(self, parts: Sequence[Moments]) -> None:
        self._parts = parts

    def of_whole(self, part: int, number: int) -> int:
        """Return the number that something would have in the whole, from 1."""
        moment = self._parts[part][number - 1]
        others = (each for index, each in enumerate(self._parts) if index != part)
        return number + sum(each.before(moment) for each in others)
