"""Figures as block characters: columns, bars, and the axes beneath them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from inspector.words import duration

if TYPE_CHECKING:
    from collections.abc import Sequence

_HEIGHTS = " ▁▂▃▄▅▆▇█"
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_NS_PER_UNIT = {"µs": 1_000, "ms": 1_000_000, "s": 1_000_000_000}


def heights(counts: Sequence[int]) -> str:
    """Return a column for each count; the highest fills its cell, 0 is blank."""
    most = max(counts, default=0)
    return "".join(
        _HEIGHTS[math.ceil(count * 8 / most)] if count else " " for count in counts
    )


def bar(count: int, most: int, width: int) -> str:
    """Return a bar of at most ``width`` cells; whatever is not 0 can be seen."""
    eighths = round(count * width * 8 / most) if most else 0
    if count:
        eighths = max(eighths, 1)
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def time_axis(span_ns: int, width: int) -> str:
    """Return ``0``, the middle and the end of a span of time, each at its place.

    Where there is no room for the middle it is left out.
    """
    middle, end = duration(span_ns // 2), duration(span_ns)
    line = f"{'0':<{width // 2 - len(middle) // 2}}{middle}"
    if len(line) + 1 + len(end) > width:
        line = "0"
    return f"{line}{end:>{max(width - len(line), len(end) + 1)}}"


class LogAxis:
    """A logarithmic axis of time, with a tick at every power of ten.

    Args:
        shortest_ns: What it must hold, in nanoseconds; below 1 µs counts as that.
        longest_ns: What it must hold, too.
        width: Cells that there are.
    """

    def __init__(self, shortest_ns: int, longest_ns: int, width: int) -> None:
        self._first = math.floor(math.log10(max(shortest_ns, 1_000)))
        last = math.ceil(math.log10(max(longest_ns, 1_000)))
        self._decades = max(last - self._first, 1)
        self._step = max((width - 1) // self._decades, 1)
        self.width = self._step * self._decades + 1

    def columns(self, counted: Sequence[tuple[int, int]]) -> list[int]:
        """Return how many durations fall into each cell."""
        counts = [0] * self.width
        for time_ns, count in counted:
            decades = math.log10(max(time_ns, 1_000)) - self._first
            place = round(decades * self._step)
            counts[min(max(place, 0), self.width - 1)] += count
        return counts

    def ticks(self) -> str:
        """Return the axis itself."""
        return "┴" + ("─" * (self._step - 1) + "┴") * self._decades

    def labels(self) -> str:
        """Return the powers of ten, each in the middle below its tick if it fits."""
        line = ""
        for number in range(self._decades + 1):
            label = power_name(self._first + number)
            start = max(number * self._step - len(label) // 2, 0)
            start = min(start, self.width - len(label))
            if number and start <= len(line):
                continue
            line = line.ljust(start) + label
        return line


def power_name(exponent: int) -> str:
    """Return what a power of ten nanoseconds is called: ``100 µs``, ``1 ms``."""
    value = 10**exponent
    *_, unit = (unit for unit, size in _NS_PER_UNIT.items() if size <= value)
    return f"{value // _NS_PER_UNIT[unit]:,} {unit}"


def unit_for(longest_ns: int) -> tuple[str, int]:
    """Return the unit in which ranges up to a duration read best, and its size."""
    if longest_ns <= 1_000_000:  # noqa: PLR2004 — 1 ms
        return "µs", _NS_PER_UNIT["µs"]
    if longest_ns <= 10_000_000_000:  # noqa: PLR2004 — 10 s
        return "ms", _NS_PER_UNIT["ms"]
    return "s", _NS_PER_UNIT["s"]
