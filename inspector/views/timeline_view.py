"""Calls over time and how long they took, in block characters.

Few exchanges are drawn one by one, many are counted by pattern. Latencies of all
patterns share one logarithmic axis, so they compare at a glance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange, Kind, Outcome
from inspector.figures.timeline import MAX_DRAWN, Timeline, failed, histogram
from inspector.words import duration, plural

from .bars import LogAxis, bar, heights, time_axis, unit_for
from .cells import cell_len
from .rendering import CANNOT_BE, align_decimals, fit, milliseconds, route_over, safe
from .reply_words import left_at
from .text import Text
from .theme import UNCUT, show, table_width

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from inspector.figures.latency import Latencies
    from inspector.figures.report import Report

_MAX_NAME = 24
_MIN_AREA = 10
_MAX_PATTERNS = 20
_GAP = "  "


def print_timeline(console: Console, timeline: Timeline, report: Report) -> None:
    """Print a timeline for people."""
    name = UNCUT if table_width(console) >= UNCUT else _MAX_NAME
    for line in timeline_lines(timeline, report, console.width, name):
        show(console, line)


def timeline_lines(
    timeline: Timeline, report: Report, width: int, name: int = _MAX_NAME
) -> Iterator[Text]:
    """Yield the lines of a timeline.

    Args:
        timeline: What is drawn.
        report: Of the same capture.
        width: Cells of the screen.
        name: Cells that a pattern has at most.
    """
    first_ns = report.first_ns or 0
    span_ns = report.last_ns - first_ns
    if timeline.count <= MAX_DRAWN:
        yield from _drawn_lines(timeline, (first_ns, span_ns), width, name)
    else:
        yield from _counted_lines(timeline, (first_ns, span_ns), width, name)
    latencies = _latencies(timeline)
    if latencies:
        yield Text()
        yield from _distribution_lines(timeline, latencies, width, name)
    if len(latencies) == 1 and timeline.count > MAX_DRAWN:
        yield Text()
        yield from _histogram_lines(*latencies[0], width, name)


def _latencies(timeline: Timeline) -> list[tuple[str, Latencies]]:
    """Return the routes that were answered; the most frequent where they are many."""
    answered = {
        (carrier, route): row.last if timeline.streams else row.first
        for (carrier, route, kind), row in timeline.rows.items()
        if kind is Kind.MESSAGE and row.first.count
    }
    frequent = sorted(answered, key=lambda key: -answered[key].count)
    shown = set(frequent[:_MAX_PATTERNS])
    several = len(timeline.carriers) > 1
    return [
        (route_over(route, carrier, several=several), each)
        for (carrier, route), each in answered.items()
        if (carrier, route) in shown
    ]


def _names(routes: Sequence[str], most: int) -> tuple[list[str], int]:
    """Return routes as names of equal width, in some cells at most, and that width."""
    names = list(map(safe, routes))
    room = min(max(map(cell_len, names), default=0), most)
    return [fit(name, room) for name in names], room


def _drawn_lines(
    timeline: Timeline, times: tuple[int, int], width: int, most: int
) -> Iterator[Text]:
    """Yield a line for each exchange."""
    first_ns, span_ns = times
    exchanges = sorted(timeline.drawn, key=lambda each: each.number)
    several = len(timeline.carriers) > 1
    names, room = _names(
        [
            route_over(each.route or "", each.carrier, several=several)
            for each in exchanges
        ],
        most,
    )
    numbers = [f"#{each.number}" for each in exchanges]
    left = max(map(len, numbers), default=2) + 1
    ends = [_end(each) for each in exchanges]
    right = max(map(len, ends), default=0)
    marks = len(" ✗") * any(map(failed, exchanges))
    area = max(width - left - room - right - 3 * len(_GAP) - marks, _MIN_AREA)
    yield Text.assemble(
        ("Exchanges over time", "title"),
        ("   ━ until the first reply   ─ until the last   ╸ event", "muted"),
    )
    for exchange, number, name, end in zip(
        exchanges, numbers, names, ends, strict=True
    ):
        yield Text.assemble(
            (f"{number:>{left}}{_GAP}", "muted"),
            (f"{name}{_GAP}", "route"),
            _span(exchange, first_ns, span_ns, area),
            f"{_GAP}{end:>{right}}",
            (" ✗", "error") if failed(exchange) else "",
        )
    yield Text(" " * (left + room + 2 * len(_GAP)) + time_axis(span_ns, area), "muted")


def _end(exchange: Exchange) -> str:
    """Return how long an exchange took, or why that cannot be said."""
    if exchange.kind is Kind.EVENT:
        return "event"
    if exchange.outcome is Outcome.UNANSWERED:
        if exchange.in_flight:
            return "in flight"
        if exchange.gapped:
            return "in doubt"
        return "no reply" if left_at(exchange) is None else "caller left"
    took_ns = exchange.duration_ns
    return CANNOT_BE if took_ns is None else duration(took_ns)


def _span(exchange: Exchange, first_ns: int, span_ns: int, area: int) -> Text:
    """Return an exchange as a stretch of the time that the capture took."""

    def place(time_ns: int) -> int:
        column = (time_ns - first_ns) * area // max(span_ns, 1)
        return min(max(column, 0), area - 1)

    begin = place(exchange.time_ns)
    if exchange.kind is Kind.EVENT:
        return Text(" " * begin + "╸".ljust(area - begin), "client")
    if exchange.first_reply_ns is None:
        waited = max(place(exchange.ended_ns) - begin, 0) + 1
        unknown = exchange.in_flight or exchange.untimed or exchange.early
        role = "muted" if unknown else "error"
        return Text(" " * begin + ("┄" * waited).ljust(area - begin), role)
    first = place(exchange.first_reply_ns) - begin + 1
    last = place(exchange.last_reply_ns or exchange.first_reply_ns) - begin + 1
    text = Text.assemble((" " * begin + "━" * first, "client"))
    return text.append(("─" * (last - first)).ljust(area - begin - first), "server")


def _counted_lines(
    timeline: Timeline, times: tuple[int, int], width: int, most: int
) -> Iterator[Text]:
    """Yield a line for each pattern, its exchanges counted by column."""
    first_ns, span_ns = times
    frequent = sorted(timeline.rows, key=lambda key: -timeline.rows[key].count)
    shown = [key for key in timeline.rows if key in frequent[:_MAX_PATTERNS]]
    several = len(timeline.carriers) > 1
    names, room = _names(
        [route_over(route, carrier, several=several) for carrier, route, _ in shown],
        most,
    )
    events = {key for key in shown if key[2] is Kind.EVENT}
    counts = [f"{'╸ ' * (key in events)}{timeline.rows[key].count:,}" for key in shown]
    middle = max(map(len, counts), default=0)
    peak = max((timeline.rows[key].count for key in shown), default=0)
    right = len(f"peak {peak:,}")
    area = max(width - room - middle - right - 3 * len(_GAP), _MIN_AREA)
    legend = f"   {area} columns of {duration(span_ns // area)}"
    legend += "   ╸ events" * bool(events)
    yield Text.assemble(("Calls over time", "title"), (legend, "muted"))
    for key, name, count in zip(shown, names, counts, strict=True):
        moments = timeline.rows[key].moments.columns(first_ns, span_ns, area)
        yield Text.assemble(
            (f"{name}{_GAP}", "route"),
            f"{count:>{middle}}{_GAP}",
            (heights(moments), "client"),
            (f"{_GAP}{f'peak {max(moments):,}':>{right}}", "muted"),
        )
    if len(timeline.rows) > len(shown):
        more = plural(len(timeline.rows) - len(shown), "more pattern")
        yield Text(f"and {more}", "muted")
    indent = room + middle + 2 * len(_GAP)
    yield Text(" " * indent + time_axis(span_ns, area), "muted")


def _distribution_lines(
    timeline: Timeline, latencies: list[tuple[str, Latencies]], width: int, most: int
) -> Iterator[Text]:
    """Yield the latencies of each pattern, heights relative to the row."""
    names, room = _names([route for route, _ in latencies], most)
    title = "Time to last reply" if timeline.streams else "Latency to first reply"
    figures = [
        align_decimals([milliseconds(each.quantile(p)) for _, each in latencies])
        for p in (0.50, 0.99)
    ]
    heads = [("p50 ms", figures[0]), ("p99 ms", figures[1])]
    widths = [max(len(head), *map(len, column)) for head, column in heads]
    right = sum(widths) + 2 * len(_GAP) + len(_GAP)
    counted = [list(each.items()) for _, each in latencies]
    durations = [time_ns for items in counted for time_ns, _ in items]
    area = max(width - room - right - len(_GAP), _MIN_AREA)
    axis = LogAxis(min(durations), max(durations), area)
    header = Text.assemble((title, "title"))
    header.append(" " * max(room + len(_GAP) + area - cell_len(title), 0))
    for (head, _), cells in zip(heads, widths, strict=True):
        header.append(f"{_GAP} {head:>{cells}}"[-cells - 3 :], "muted")
    yield header
    for index, name in enumerate(names):
        line = Text.assemble((f"{name}{_GAP}", "route"))
        line.append(heights(axis.columns(counted[index])).ljust(area), "server")
        for (_, column), cells in zip(heads, widths, strict=True):
            line.append(f"{_GAP} {column[index]:>{cells}}"[-cells - 3 :])
        yield line
    yield Text(" " * (room + len(_GAP)) + axis.ticks(), "muted")
    yield Text(" " * (room + len(_GAP)) + axis.labels(), "muted")


def _histogram_lines(
    route: str, latencies: Latencies, width: int, most_name: int
) -> Iterator[Text]:
    """Yield the latencies of one pattern, range by range."""
    quantiles = [("p50", latencies.quantile(0.50)), ("p99", latencies.quantile(0.99))]
    quantiles.append(("max", latencies.maximum))
    words = "".join(f"   {name} {duration(each or 0)}" for name, each in quantiles)
    calls = plural(latencies.count, "call")
    (name,), _ = _names([route], most_name)
    yield Text.assemble((name, "route"), f"   {calls}{words}")
    ranges = histogram(latencies)
    unit, size = unit_for(ranges[-1][1])
    low = max(len(_bound(each[0], size)) for each in ranges)
    high = max(len(_bound(each[1], size)) for each in ranges)
    labels = [
        f"  {_bound(start, size):>{low}} – {_bound(end, size):>{high}} {unit}"
        for start, end, _ in ranges
    ]
    most = max(count for _, _, count in ranges)
    room = width - len(labels[0]) - len(_GAP) - len(f" {most:,}")
    for label, (_, _, count) in zip(labels, ranges, strict=True):
        figure = f" {count:,}" if count else ""
        drawn = bar(count, most, max(room, _MIN_AREA))
        yield Text.assemble((f"{label}{_GAP}", "muted"), (drawn, "server"), figure)


def _bound(time_ns: int, size: int) -> str:
    return f"{time_ns / size:,g}"
