"""Patterns, the slowest exchanges, and services: what is in trouble comes first.

What a table leaves out is summed in its last row, so that its columns add up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Kind
from inspector.figures.rows import PatternRow
from inspector.figures.services import named, services, together
from inspector.shorthand import short
from inspector.words import duration, listing
from protocol.on_demand import on_demand

from .layout import Cell, Column, table_lines
from .rendering import (
    CANNOT_BE,
    align_decimals,
    carrier_title,
    milliseconds,
    safe,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from inspector.figures.health import Health
    from inspector.figures.latency import Latencies
    from inspector.figures.nesting import Nested
    from inspector.figures.report import Report
    from inspector.figures.services import Service
    from inspector.figures.slowest import SlowExchange
    from inspector.figures.traffic import Pattern
    from inspector.streams.names import Names

    from .end_names import cut_end, end_rooms, without_host
    from .layout import Row
    from .text import Text
else:  # decision 158
    cut_end = on_demand("inspector.views.end_names:cut_end")
    end_rooms = on_demand("inspector.views.end_names:end_rooms")
    without_host = on_demand("inspector.views.end_names:without_host")

_MOST_IN_TROUBLE = 20
_BESIDE_TROUBLE = 3  # patterns without trouble that are shown besides …
_WITHOUT_TROUBLE = 10  # … and where there is none
_MOST_SERVICES = 4
_LONG_NS = 100_000_000
"""From this on the longest calls are shown, whatever the rest takes."""
_FIGURES = [
    Column("count", right=True),
    Column("errors", right=True),
    Column("no reply", right=True),
    Column("p50 ms", right=True),
    Column("p99 ms", right=True),
    Column("max ms", right=True),
]
_TIMES = (0.5, 0.99, 1)
_STAGES = [Column("broker ms", right=True), Column("handler ms", right=True)]
_ROOM_OF_STAGES = 100
"""Cells from which on those stand beside all others."""
_ROOM_OF_FIGURES = 54  # cells of the columns after the names of a pair …
_ROOM_OF_A_COLUMN = 10  # … and of one more
_BYTES = Column("bytes", right=True)


def pattern_lines(report: Report, health: Health, width: int) -> Iterator[Text]:
    """Yield the table of patterns: those in trouble, then the slowest."""
    shown, rest = chosen(health.patterns)
    if not shown:
        return
    several = len(report.carriers) > 1
    rows = [_names(pattern, several=several) for pattern, _ in shown]
    counted = [(kind, row) for (_, _, kind), row in shown]
    if rest:
        rows.append([Cell(f"and {len(rest):,} more", "muted"), *[Cell("")] * several])
        counted.append((_kind_of(rest), PatternRow.sum(list(rest.values()))))
    columns, table = _counted_table(rows, counted, several=several, width=width)
    yield from table_lines(columns, table, width)


def pattern_table(
    patterns: Sequence[tuple[Pattern, PatternRow]], width: int, *, several: bool
) -> tuple[list[Column], list[list[Cell]]]:
    """Return the columns and the rows of some patterns, in their order.

    Args:
        patterns: What is shown.
        width: Cells of a line.
        several: Whether there are several carriers.
    """
    names = [_names(pattern, several=several) for pattern, _ in patterns]
    counted = [(kind, row) for (_, _, kind), row in patterns]
    return _counted_table(names, counted, several=several, width=width)


def _counted_table(
    names: Sequence[Sequence[Cell]],
    counted: Sequence[tuple[Kind, PatternRow]],
    *,
    several: bool,
    width: int,
) -> tuple[list[Column], list[list[Cell]]]:
    figures = _figures(counted)
    stages = _stages([row for _, row in counted])
    table = [
        [*name, *cells, *times, Cell(f"{row.bytes:,}")]
        for name, cells, times, (_, row) in zip(
            names, figures, stages, counted, strict=True
        )
    ]
    staged = bool(stages and stages[0])
    columns = [
        Column("Patterns", flexible=12, is_name=True),
        *[Column("carrier")] * several,
        *_FIGURES,
        *_STAGES * staged,
        _BYTES,
    ]
    if staged and width < _ROOM_OF_STAGES:
        spared = {"p99 ms", _BYTES.header, *["max ms"] * several}
        columns, table = _without(spared, columns, table)
    return columns, table


def request_lines(report: Report, width: int) -> Iterator[Text]:
    """Yield the table of requests that may have begun what Nest did, if any passed."""
    shown, rest = chosen(report.requests.patterns)
    carriers = {carrier_title(carrier) for (carrier, _, _), _ in shown}
    if not shown:
        return
    names = [_names(pattern, several=False) for pattern, _ in shown]
    counted = [(kind, row) for (_, _, kind), row in shown]
    if rest:
        names.append([Cell(f"and {len(rest):,} more", "muted")])
        counted.append((Kind.MESSAGE, PatternRow.sum(list(rest.values()))))
    table = [
        [*name, *cells, Cell(f"{row.bytes:,}")]
        for name, cells, (_, row) in zip(names, _figures(counted), counted, strict=True)
    ]
    title = f"{listing(sorted(carriers))} requests"
    columns = [Column(title, flexible=12, is_name=True), *_FIGURES, _BYTES]
    yield from table_lines(columns, table, width)


def _stages(rows: Sequence[PatternRow]) -> list[list[Cell]]:
    """Return how long a broker and the handlers had calls, at the median.

    Nothing where no call passed a broker.
    """
    if not any(row.stages for row in rows):
        return [[] for _ in rows]
    columns = [
        align_decimals([_half(row, which) for row in rows])
        for which in ("broker", "handler")
    ]
    return [
        [Cell(each, _muted(each)) for each in cells]
        for cells in zip(*columns, strict=True)
    ]


def _half(row: PatternRow, which: str) -> str:
    """Return the median time of a stage; nothing for events."""
    if row.stages is None:
        return CANNOT_BE if row.latencies.count else ""
    latencies: Latencies = getattr(row.stages, which)
    return milliseconds(latencies.quantile(0.5))


def _without(
    names: Collection[str], columns: Sequence[Column], table: Sequence[Row]
) -> tuple[list[Column], list[list[Cell]]]:
    """Return a table without some columns."""
    kept = [i for i, column in enumerate(columns) if column.header not in names]
    return [columns[i] for i in kept], [[row[i] for i in kept] for row in table]


def slowest_lines(report: Report, health: Health, width: int) -> Iterator[Text]:
    """Yield the exchanges that took longest, where that is worth a look."""
    if not (health.slow or health.slow_server or health.slowest_ns >= _LONG_NS):
        return
    times = align_decimals([milliseconds(each.latency_ns) for each in report.slowest])
    nested = [report.nesting.of(each.number) for each in report.slowest]
    several = any(each and (each.inner or each.outer) for each in nested)
    rows = [
        [
            Cell(f"#{each.number}", "answer"),
            Cell(safe(short(each.route)), "route"),
            Cell(time),
            Cell(" ".join(f"{number}" for number in dict.fromkeys(each.packets))),
            _why_slow(each, what if several else None, report.names),
        ]
        for each, time, what in zip(report.slowest, times, nested, strict=True)
    ]
    columns = [
        Column("Slowest"),
        Column("pattern", flexible=12, is_name=True),
        Column("ms", right=True),
        Column("packets"),
        Column("what took it" if several else "client → server", flexible=16),
    ]
    yield from table_lines(columns, rows, width)


def _why_slow(slow: SlowExchange, nested: Nested | None, names: Names) -> Cell:
    """Return what took the time of a call, or who spoke where that is not known."""
    words = [] if nested is None else _what_took_it(nested, slow.latency_ns)
    if words:
        return Cell("; ".join(words))
    client, server = names.client(slow.client), names.server(slow.server)
    return Cell(f"{client} → {server}", "muted")


def _what_took_it(nested: Nested, latency_ns: int) -> list[str]:
    parts = []
    if nested.inner is not None:
        name = safe(short(nested.inner.route))
        parts.append(f"{duration(nested.waited_ns)} in {name} #{nested.inner.number}")
        if nested.others:
            parts[0] += f" and {nested.others:,} more"
    if nested.alone:
        rest_ns = latency_ns - nested.waited_ns
        parts.append(f"{duration(rest_ns)} its own" if parts else "its own")
    inside = [] if nested.outer is None else [f"called inside #{nested.outer}"]
    return [", ".join(parts), *inside] if parts else inside


def service_lines(
    report: Report, width: int, most: int | None = _MOST_SERVICES
) -> Iterator[Text]:
    """Yield who asks whom, where there is more than one pair.

    Args:
        report: What is shown.
        width: Cells of a line.
        most: How many pairs are shown; None for all.
    """
    found = named(services(report), report.names)
    found = [each for each in found if each.calls.count]
    if len(found) > 1:  # of one pair the heading says it all
        yield from pair_lines(found, width, most)


def pair_lines(
    found: Sequence[Service], width: int, most: int | None = None, host: str = ""
) -> Iterator[Text]:
    """Yield a table of some pairs, in their order.

    Args:
        found: The pairs.
        width: Cells of a line.
        most: How many of them are shown, the others summed; None for all.
        host: Where all that speak are, which need not be said; empty where they differ.
    """
    yield from table_lines(*pair_table(found, width, most, host), width)


def pair_table(
    found: Sequence[Service], width: int, most: int | None = None, host: str = ""
) -> tuple[list[Column], list[list[Cell]]]:
    """Return columns and rows, with the parameters of :func:`pair_lines`."""
    shown = list(found[:most])
    rest = found[len(shown) :]
    events, several = _has_events(found), len({each.pair.carrier for each in found}) > 1
    room = width - _ROOM_OF_FIGURES - _ROOM_OF_A_COLUMN * (events + several)
    names = _pair_cells(shown, host, room)
    if rest:
        names.append([Cell(f"and {len(rest):,} more", "muted"), Cell("")])
        shown.append(together(rest))
    figures = _figures([(Kind.MESSAGE, each.calls) for each in shown])
    rows = [
        [
            *name,
            *[Cell(carrier_title(each.pair.carrier), "muted")] * several,
            *cells,
            *[Cell(f"{each.events:,}", "" if each.events else "muted")] * events,
        ]
        for name, each, cells in zip(names, shown, figures, strict=True)
    ]
    columns = [
        Column("Services"),
        Column("→ server"),
        *[Column("carrier")] * several,
        *_FIGURES,
        *[Column("events", right=True)] * events,
    ]
    return columns, rows


def _has_events(found: Sequence[Service]) -> bool:
    return any(each.events for each in found)


def _pair_cells(found: Sequence[Service], host: str, room: int) -> list[list[Cell]]:
    """Return the names of some pairs, in some cells if they can."""
    clients = [safe(without_host(each.pair.client, host)) for each in found]
    servers = [safe(without_host(each.pair.server, host)) for each in found]
    left, right = end_rooms(clients, servers, room)
    return [
        [Cell(cut_end(client, left)), Cell(cut_end(server, right), "muted")]
        for client, server in zip(clients, servers, strict=True)
    ]


def chosen(
    patterns: Mapping[Pattern, PatternRow],
) -> tuple[list[tuple[Pattern, PatternRow]], dict[Pattern, PatternRow]]:
    """Return the patterns that are shown, in order, and those that are left out."""
    ordered = sorted(patterns.items(), key=urgency)
    troubled = [item for item in ordered if _trouble(item[1])][:_MOST_IN_TROUBLE]
    others = [item for item in ordered if not _trouble(item[1])]
    beside = _BESIDE_TROUBLE if troubled else _WITHOUT_TROUBLE
    shown = [*troubled, *others[:beside]]
    names = {pattern for pattern, _ in shown}
    rest = {pattern: row for pattern, row in ordered if pattern not in names}
    if len(rest) == 1:  # a row that names it takes no more room
        return [*shown, *rest.items()], {}
    return shown, rest


def urgency(item: tuple[Pattern, PatternRow]) -> tuple[int, int, int]:
    """Return what patterns are sorted by: the worst first, then the slowest."""
    _, row = item
    return -_trouble(row), -_longest(row), -row.count


def _trouble(row: PatternRow) -> int:
    return row.errors + row.unanswered


def _longest(row: PatternRow) -> int:
    return row.latencies.maximum


def _kind_of(rest: Mapping[Pattern, PatternRow]) -> Kind:
    """Return what the row of several patterns is of; events only where all are."""
    kinds = {kind for _, _, kind in rest}
    return kinds.pop() if len(kinds) == 1 else Kind.MESSAGE


def _names(pattern: Pattern, *, several: bool) -> list[Cell]:
    carrier, route, _ = pattern
    name = Cell(safe(short(route)), "route")
    return [name, *[Cell(carrier_title(carrier), "muted")] * several]


def _figures(counted: Sequence[tuple[Kind, PatternRow]]) -> list[list[Cell]]:
    """Return the cells of some rows: counts, and times whose decimals are aligned."""
    times = [
        align_decimals([_time(row, which) for _, row in counted]) for which in _TIMES
    ]
    return [
        _event_cells(row)
        if kind is Kind.EVENT
        else [
            Cell(f"{row.count:,}"),
            _count(row.errors),
            _count(row.unanswered),
            *(Cell(column[index], _muted(column[index])) for column in times),
        ]
        for index, (kind, row) in enumerate(counted)
    ]


def _event_cells(row: PatternRow) -> list[Cell]:
    """Return the cells of events: nothing answers them, so that they have no times."""
    none = Cell(CANNOT_BE, "muted")
    return [Cell(f"{row.count:,}"), none, none, Cell("event", "muted"), *[Cell("")] * 2]


def _time(row: PatternRow, which: float) -> str:
    return milliseconds(row.latencies.quantile(which))


def _muted(figure: str) -> str:
    return "muted" if figure.strip() == CANNOT_BE else ""


def _count(count: int) -> Cell:
    return Cell(f"{count:,}", "error" if count else "muted")
