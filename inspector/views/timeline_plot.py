"""Calls over time and how long they took, as a plot.

It shows what :mod:`.timeline_view` shows, in the same order and by the same words: few
exchanges one by one, many counted by pattern, and below them the latencies of all
patterns on one logarithmic axis.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Kind
from inspector.figures.timeline import MAX_DRAWN, failed
from inspector.words import plural

from .cells import cell_len
from .picture_frame import BAR, MARGIN, framed
from .plots import CELL, FONT, RULES, LogScale, TimeScale, box, columns, line, text
from .rendering import fit, milliseconds, route_over, safe
from .timeline_view import answered, end_words, frequent_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from inspector.calls.exchanges import Exchange
    from inspector.figures.latency import Latencies
    from inspector.figures.report import Report
    from inspector.figures.timeline import Row, Timeline

_WIDE = 1104
_LEFT = 20
_GAP = 16
_LONGEST_NAME = 30  # cells
_ROW, _BARS = 34, 26  # how high a row is, and the columns in it
_DRAWN_ROW, _THICK, _THIN = 26, 12, 4
_SAMPLE = {_THICK: 16, _THIN: 16, _THICK + 1: 2}
"""How wide a shape of a height is in a legend."""
_ALONE = 160  # how high the only distribution is
_HEAD = 40
_FOOT = 44
_MOMENTS, _DURATIONS = 120, 100  # parts of an axis
_FIGURES = 8  # cells of a column of figures
_BASE = 6  # units from the bottom of a row to the line that texts stand on


def timeline_plot(timeline: Timeline, report: Report, title: str) -> str:
    """Return the picture of a timeline that has exchanges.

    Args:
        timeline: What is drawn.
        report: Of the same capture.
        title: Its heading.
    """
    first_ns = report.first_ns or 0
    panels: list[_Panel] = []
    if timeline.count <= MAX_DRAWN:
        panels.append(_Spans(timeline, first_ns, report.last_ns - first_ns))
    else:
        panels.append(_Counts(timeline, first_ns, report.last_ns - first_ns))
    if answered(timeline):
        panels.append(_Distributions(timeline))
    drawn, top = ['<g class="plot">'], float(BAR)
    for panel in panels:
        drawn += panel.drawn(top)
        top += panel.high
    size = _WIDE, round(top) + MARGIN
    return framed(title, size, [*drawn, "</g>"], RULES, _described(timeline))


def _described(timeline: Timeline) -> str:
    """Return what the plot shows, for those who do not see it."""
    over = [
        f"{name}: {plural(row.count, 'exchange')}"
        + (f", {row.failed:,} failed" if row.failed else "")
        for name, row in _named(frequent_rows(timeline), timeline)
    ]
    took = [
        f"{name}: p50 {milliseconds(each.quantile(0.5))} ms,"
        f" p99 {milliseconds(each.quantile(0.99))} ms"
        for name, each in answered(timeline)
    ]
    return "; ".join([*over, *took])


def _named(
    keys: Sequence[tuple[str, str, Kind]], timeline: Timeline
) -> Iterator[tuple[str, Row]]:
    several = len(timeline.carriers) > 1
    for carrier, route, kind in keys:
        name = safe(route_over(route, carrier, several=several))
        yield name, timeline.rows[carrier, route, kind]


class _Panel:
    """A part of the plot: a heading, rows, and an axis below them.

    Attributes:
        high: Units from its top to its bottom.
    """

    row = _ROW
    legend: Sequence[tuple[str, int, str]] = ()
    """What its shapes mean: the class of their colour, how high they are, words."""

    def __init__(self, heading: str, names: Sequence[str], right: int) -> None:
        self._heading, self._names = heading, names
        cells = min(max(map(cell_len, names)), _LONGEST_NAME)
        self.cells = cells
        self.left = _LEFT + cells * CELL + _GAP
        self.right = _WIDE - _LEFT - right * CELL - _GAP
        self.high = _HEAD + len(names) * self.row + _FOOT

    @property
    def width(self) -> float:
        """Units between the names and the figures."""
        return self.right - self.left

    def ticks(self) -> Iterator[tuple[float, str]]:
        """Yield the ticks of the axis."""
        raise NotImplementedError

    def drawn_row(self, number: int, bottom: float) -> Iterator[str]:
        """Yield what a row has besides its name."""
        raise NotImplementedError

    def heads(self) -> Iterator[tuple[float, str]]:
        """Yield the right ends of the heads of its figures."""
        yield from ()

    def drawn(self, top: float) -> Iterator[str]:
        """Yield its elements."""
        y = top + _HEAD - 14
        yield text(_LEFT, y, self._heading, "bold")
        x = _LEFT + (cell_len(self._heading) + 3) * CELL
        for colour, high, words in self.legend:
            yield box(x, y - 5 - high / 2, (_SAMPLE[high], high), colour)
            yield text(x + _SAMPLE[high] + CELL, y, words, "dim")
            x += _SAMPLE[high] + (cell_len(words) + 4) * CELL
        for x, head in self.heads():
            yield text(x, y, head, "dim end")
        rows = top + _HEAD
        end = rows + len(self._names) * self.row
        last = 0.0
        for x, label in self.ticks():
            yield line(x, rows, end - rows + 4, "grid")
            half = cell_len(label) * CELL / 2
            if x - half >= last:
                yield text(min(x, _WIDE - half), end + FONT + 6, label, "dim middle")
                last = x + half + CELL
        for number, name in enumerate(self._names):
            bottom = rows + (number + 1) * self.row
            yield "<g>"
            yield text(_LEFT, bottom - _BASE, fit(name, self.cells).rstrip(), "bold")
            yield from self.drawn_row(number, bottom)
            yield "</g>"


class _Spans(_Panel):
    """Exchanges one by one, each as the time that it took."""

    row = _DRAWN_ROW
    legend = (
        ("cyan", _THICK, "until the first reply"),
        ("magenta", _THIN, "until the last"),
        ("red", _THIN, "no reply"),
        ("blue", _THICK, "event"),
    )

    def __init__(self, timeline: Timeline, first_ns: int, span_ns: int) -> None:
        self._exchanges = sorted(timeline.drawn, key=lambda each: each.number)
        several = len(timeline.carriers) > 1
        names = [
            f"#{each.number} "
            + safe(route_over(each.route or "", each.carrier, several=several))
            for each in self._exchanges
        ]
        self._ends = [end_words(each) for each in self._exchanges]
        super().__init__(
            "Exchanges over time",
            names,
            max(map(len, self._ends), default=0) + len(" ✗"),
        )
        self._first_ns = first_ns
        self._scale = TimeScale(span_ns, self.left, self.width)

    def ticks(self) -> Iterator[tuple[float, str]]:
        """Yield round times."""
        return self._scale.ticks()

    def drawn_row(self, number: int, bottom: float) -> Iterator[str]:
        """Yield the time of an exchange, and how long it took."""
        exchange, words = self._exchanges[number], self._ends[number]
        middle = bottom - self.row / 2
        yield from self._span(exchange, middle)
        if failed(exchange):
            words += " ✗"
        classes = "red end" if failed(exchange) else "end"
        yield text(_WIDE - _LEFT, bottom - _BASE, words, classes)

    def _span(self, exchange: Exchange, middle: float) -> Iterator[str]:
        begin = self._place(exchange.time_ns)
        top, thin = middle - _THICK / 2, middle - _THIN / 2
        if exchange.kind is Kind.EVENT:
            yield box(begin, top, (_THIN, _THICK), "blue")
        elif exchange.first_reply_ns is None:
            unknown = exchange.in_flight or exchange.untimed or exchange.early
            wide = max(self._place(exchange.ended_ns) - begin, 2)
            yield box(begin, thin, (wide, _THIN), "dim" if unknown else "red")
        else:
            first = self._place(exchange.first_reply_ns)
            last = self._place(exchange.last_reply_ns or exchange.first_reply_ns)
            yield box(begin, thin, (max(last - begin, 2), _THIN), "magenta")
            yield box(begin, top, (max(first - begin, 2), _THICK), "cyan")

    def _place(self, time_ns: int) -> float:
        return self._scale.place(time_ns - self._first_ns)


class _Counts(_Panel):
    """Patterns, their exchanges counted by the part of the time in which they began."""

    legend = ("cyan", _THICK, "calls"), ("blue", _THICK, "events")

    def __init__(self, timeline: Timeline, first_ns: int, span_ns: int) -> None:
        keys = frequent_rows(timeline)
        named = list(_named(keys, timeline))
        self._rows = [row for _, row in named]
        self._events = [kind is Kind.EVENT for _, _, kind in keys]
        super().__init__("Calls over time", [name for name, _ in named], 2 * _FIGURES)
        if len(timeline.rows) > len(keys):
            of = plural(len(timeline.rows), "pattern")
            self._heading += f", the {len(keys)} most frequent of {of}"
        self._times = first_ns, span_ns
        self._scale = TimeScale(span_ns, self.left, self.width)

    def ticks(self) -> Iterator[tuple[float, str]]:
        """Yield round times."""
        return self._scale.ticks()

    def heads(self) -> Iterator[tuple[float, str]]:
        """Yield what the figures are."""
        yield _WIDE - _LEFT - _FIGURES * CELL, "count"
        yield _WIDE - _LEFT, "failed"

    def drawn_row(self, number: int, bottom: float) -> Iterator[str]:
        """Yield the columns of a pattern, and how many exchanges it has."""
        row = self._rows[number]
        counts = row.moments.columns(*self._times, _MOMENTS)
        place, size = (self.left, bottom), (self.width, _BARS)
        colour = "blue" if self._events[number] else "cyan"
        yield columns(counts, place, size, colour)
        y, right = bottom - _BASE, _WIDE - _LEFT
        yield text(right - _FIGURES * CELL, y, f"{row.count:,}", "end")
        if row.failed:
            yield text(right, y, f"{row.failed:,} ✗", "red end")


class _Distributions(_Panel):
    """Patterns, and how long their calls took."""

    legend = (("plain", _THICK + 1, "p50 and p99"),)

    def __init__(self, timeline: Timeline) -> None:
        named = answered(timeline)
        self._latencies = [each for _, each in named]
        if len(named) == 1:
            self.row = _ALONE
        last = "Time to last reply"
        heading = last if timeline.streams else "Latency to first reply"
        names = [safe(name) for name, _ in named]
        super().__init__(heading, names, 3 * _FIGURES)
        counted = [time_ns for each in self._latencies for time_ns, _ in each.items()]
        self._scale = LogScale(min(counted), max(counted), self.left, self.width)

    def ticks(self) -> Iterator[tuple[float, str]]:
        """Yield powers of ten."""
        return self._scale.ticks()

    def heads(self) -> Iterator[tuple[float, str]]:
        """Yield what the figures are."""
        for number, head in enumerate(("max ms", "p99 ms", "p50 ms")):
            yield _WIDE - _LEFT - number * _FIGURES * CELL, head

    def drawn_row(self, number: int, bottom: float) -> Iterator[str]:
        """Yield the distribution of a pattern, with marks at p50 and p99."""
        latencies = self._latencies[number]
        counts = self._scale.columns(list(latencies.items()), _DURATIONS)
        high = self.row - (_ROW - _BARS)
        yield columns(counts, (self.left, bottom), (self.width, high), "magenta")
        for time_ns, figures in zip(_figures(latencies), (2, 1, 0), strict=True):
            if figures:
                yield line(self._scale.place(time_ns), bottom - high, high, "mark")
            x = _WIDE - _LEFT - figures * _FIGURES * CELL
            yield text(x, bottom - _BASE, milliseconds(time_ns), "end")


def _figures(latencies: Latencies) -> tuple[int, int, int]:
    """Return p50, p99 and the longest of some durations, in nanoseconds."""
    median, late = latencies.quantile(0.50), latencies.quantile(0.99)
    return median or 0, late or 0, latencies.maximum
