"""Plots: their axes, and the elements of SVG that they are made of.

Lengths are units of a picture; texts have letters of equal width, so what they take is
known without the font.
"""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

from .bars import power_name, unit_for
from .cells import cell_len

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FONT = 16
CELL = 9.6
"""Units of a letter: 0.6 em, as monospaced fonts have it."""
RULES = (
    f".view .plot text {{ font: {FONT}px monospace; white-space: pre }}",
    ".view .plot .bold { font-weight: bold }",
    ".view .plot .end { text-anchor: end }",
    ".view .plot .middle { text-anchor: middle }",
    ".view .mark { stroke-width: 2 }",
)
"""What pictures of plots need of style."""
_STEPS = (1, 2, 5)
_LEAST_NS = 1_000  # which an axis of logarithms shows: 1 µs


class TimeScale:
    """A linear axis of time, from 0.

    Args:
        span_ns: What it holds, in nanoseconds.
        left: Where it begins, in units.
        width: How long it is.
    """

    def __init__(self, span_ns: int, left: float, width: float) -> None:
        self._span_ns = max(span_ns, 1)
        self.left, self.width = left, width

    def place(self, time_ns: int) -> float:
        """Return where a time is, in units; it stays on the axis."""
        share = min(max(time_ns / self._span_ns, 0), 1)
        return self.left + share * self.width

    def ticks(self, most: int = 8) -> Iterator[tuple[float, str]]:
        """Yield where a round time is, and what it is called.

        Args:
            most: How many there are at most, besides 0.
        """
        step = _round_step(self._span_ns, most)
        unit, size = unit_for(self._span_ns)
        for time_ns in range(0, self._span_ns + 1, step):
            text = f"{time_ns / size:,g} {unit}" if time_ns else "0"
            yield self.place(time_ns), text


def _round_step(span_ns: int, most: int) -> int:
    """Return a step of 1, 2 or 5 times a power of ten that makes few ticks."""
    power = 1
    while True:
        for factor in _STEPS:
            if span_ns // (factor * power) <= most:
                return factor * power
        power *= 10


class LogScale:
    """A logarithmic axis of durations, whose ends are powers of ten.

    Args:
        shortest_ns: What it holds, in nanoseconds; below 1 µs counts as that.
        longest_ns: What it holds, too.
        left: Where it begins, in units.
        width: How long it is.
    """

    def __init__(
        self, shortest_ns: int, longest_ns: int, left: float, width: float
    ) -> None:
        self._first = math.floor(math.log10(max(shortest_ns, _LEAST_NS)))
        last = math.ceil(math.log10(max(longest_ns, _LEAST_NS)))
        self._decades = max(last - self._first, 1)
        self.left, self.width = left, width

    def place(self, time_ns: int) -> float:
        """Return where a duration is, in units."""
        decades = math.log10(max(time_ns, _LEAST_NS)) - self._first
        return self.left + decades / self._decades * self.width

    def columns(self, counted: Sequence[tuple[int, int]], number: int) -> list[int]:
        """Return how many durations fall into each of so many equal parts."""
        counts = [0] * number
        for time_ns, count in counted:
            share = (self.place(time_ns) - self.left) / self.width
            counts[min(int(share * number), number - 1)] += count
        return counts

    def ticks(self) -> Iterator[tuple[float, str]]:
        """Yield where a power of ten is, and what it is called."""
        for exponent in range(self._first, self._first + self._decades + 1):
            yield self.place(10**exponent), power_name(exponent)


def text(x: float, y: float, words: str, classes: str = "") -> str:
    """Return a text, as wide as its cells are whatever the font."""
    style = f' class="{classes}"' if classes else ""
    wide = cell_len(words) * CELL
    return (
        f'<text{style} x="{_round(x)}" y="{_round(y)}" textLength="{_round(wide)}">'
        f"{escape(words)}</text>"
    )


def box(x: float, y: float, size: tuple[float, float], classes: str) -> str:
    """Return a rectangle, by its upper left corner, its width and its height."""
    wide, high = size
    return (
        f'<rect class="{classes}" x="{_round(x)}" y="{_round(y)}"'
        f' width="{_round(wide)}" height="{_round(high)}"/>'
    )


def line(x: float, y: float, down: float, classes: str) -> str:
    """Return a vertical line that goes so far down."""
    return f'<path class="{classes}" d="M{_round(x)} {_round(y)}v{_round(down)}"/>'


def columns(
    counts: Sequence[int], place: tuple[float, float], size: tuple[float, float],
    classes: str,
) -> str:  # fmt: skip
    """Return a column for each count, as one element; the highest fills the height.

    Args:
        counts: How many; whatever is not 0 can be seen.
        place: The lower left corner.
        size: How wide all of them are together, and how high.
        classes: The class of their colour.
    """
    (left, bottom), (wide, high) = place, size
    step, most = wide / len(counts), max(counts, default=0)
    drawn = []
    for number, count in enumerate(counts):
        if count:
            up = max(count / most * high, 1)
            thick = max(step - 1, step / 2)
            x = left + number * step
            drawn.append(
                f"M{_round(x)} {_round(bottom)}"
                f"v{_round(-up)}h{_round(thick)}v{_round(up)}z"
            )
    return f'<path class="{classes}" d="{"".join(drawn)}"/>'


def _round(value: float) -> str:
    """Return a number of units; a tenth of one is more than a screen shows."""
    return f"{value:.1f}".removesuffix(".0")
