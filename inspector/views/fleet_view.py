"""The report of a fleet on a terminal: what is worst, who asks whom, what was read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.figures.services import named
from inspector.fleet.overview import (
    chosen_by,
    lacks_nest,
    not_decrypted,
    others,
    overview,
    spanning,
    time_span,
)
from inspector.shorthand import short
from inspector.words import clock, duration, nouns, plural, size

from .clock import date_and_time, time_range
from .layout import Cell, Column, table_lines
from .rendering import carrier_title, milliseconds, safe
from .text import Text
from .theme import PROSE_WIDTH, show, table_width
from .traffic_tables import pair_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.console import Console

    from inspector.fleet.overview import Overview
    from inspector.fleet.report import (
        Cause,
        FleetReport,
        Noticed,
        Shared,
        SourceFigures,
    )

MOST_PAIRS, MOST_FINDINGS, MOST_SOURCES, MOST_CAUSES, MOST_CLOCKS = 20, 10, 40, 10, 20
MOST_OTHERS = 5
_MARKS = {"error": "✗", "warning": "!", "note": "·"}
_SECOND = 1_000_000_000
_SAME_NS = 1_000
"""Nanoseconds that clocks may differ by and be called equal."""


def print_fleet(
    console: Console, fleet: FleetReport, slow_ns: int | None = None
) -> None:
    """Print the report of a fleet for people.

    Args:
        console: Where.
        fleet: The report.
        slow_ns: From how long on a call is slow; None for the usual.
    """
    for line in fleet_lines(fleet, table_width(console), slow_ns):
        show(console, line)


def fleet_lines(
    fleet: FleetReport, width: int, slow_ns: int | None = None
) -> Iterator[Text]:
    """Yield the lines of a report, with the parameters of :func:`print_fleet`.

    Args:
        fleet: The report.
        width: Cells of a line.
        slow_ns: From how long on a call is slow; None for the usual.
    """
    seen = overview(fleet, slow_ns)
    yield from _heading(fleet, seen, width)
    for lines in (
        _service_lines(seen, width),
        _finding_lines(seen.findings, width),
        _cause_lines(fleet.causes, width),
        _source_lines(fleet, width),
        _clock_lines(fleet, width),
        _between_lines(fleet.shared, width),
    ):
        table = list(lines)
        yield from [Text(), *table] if table else ()


def _heading(fleet: FleetReport, seen: Overview, width: int) -> Iterator[Text]:
    records = sum(source.records for source in fleet.sources)
    words = f"   {plural(records, 'packet')} captured"
    yield Text.assemble(
        (plural(len(fleet.sources), "source"), "title"), (words, "muted")
    )
    yield from _scope_lines(fleet, width)
    chosen = chosen_by(fleet)
    if not seen.exchanges:
        none = "There is none." if chosen else "No traffic of Nest was seen."
        yield Text(none, "answer")
        return
    events = seen.exchanges - seen.messages
    where = "of those on" if chosen else "on"
    yield Text(
        f"{plural(seen.messages, 'call')} and {plural(events, 'event')} {where} "
        f"{plural(seen.connections, 'connection')}, "
        f"{plural(seen.packets, 'packet')} of these"
    )
    slow = sum(each.slow for each in seen.services)
    trouble = [
        f"{count:,} {word}"
        for count, word in (
            (seen.errors, nouns(seen.errors, "error")),
            (seen.unanswered, "without a reply"),
            (slow, "slow"),
        )
        if count
    ]
    style = "error" if seen.errors or seen.unanswered else "warning" if slow else "good"
    mark = "✗ " if seen.errors or seen.unanswered else "! " if slow else "✓ "
    said = ", ".join(trouble) or "every call was answered in the usual time"
    yield Text.assemble((mark, style), (f"{said[:1].upper()}{said[1:]}.", "answer"))
    if seen.shared:
        both = plural(seen.shared, "exchange")
        yield Text(f"{both} seen by several sources, counted once", "muted")


def _scope_lines(fleet: FleetReport, width: int) -> Iterator[Text]:
    """Yield when was captured, and which exchanges count."""
    span = time_span(fleet)
    if span is not None:
        yield Text(f"{time_range(*span)}   {_aligned(fleet)}".rstrip(), "muted")
    chosen = chosen_by(fleet)
    if chosen:
        for line in _folded(f"Only exchanges where {chosen}", min(width, PROSE_WIDTH)):
            yield Text(line, "warning")


def _service_lines(seen: Overview, width: int) -> Iterator[Text]:
    found = named(seen.services, seen.names)
    if found:
        yield from pair_lines(found, width, MOST_PAIRS)


def _finding_lines(findings: Sequence[Noticed], width: int) -> Iterator[Text]:
    if not findings:
        return
    yield Text("Findings", "title")
    for each in findings[:MOST_FINDINGS]:
        mark = f"{_MARKS[each.severity]} "
        head = Text.assemble((mark, each.severity), (safe(each.code), "title"))
        head.append(f"   {each.count:,}×   ", "muted").append(safe(each.server))
        yield head
        for line in _folded(
            f"{each.message}. {each.hint}", min(width, PROSE_WIDTH) - 2
        ):
            yield Text(f"  {line}", "muted")
    rest = sum(each.count for each in findings[MOST_FINDINGS:])
    if rest:
        kinds = plural(len(findings) - MOST_FINDINGS, "row")
        yield Text(f"and {rest:,} more in {kinds}; --json has them all", "muted")


def _folded(sentence: str, room: int) -> Iterator[str]:
    line = ""
    for word in safe(sentence).split():
        if line and len(line) + 1 + len(word) > room:
            yield line
            line = ""
        line = f"{line} {word}".lstrip()
    if line:
        yield line


def _cause_lines(causes: Sequence[Cause], width: int) -> Iterator[Text]:
    if not causes:
        return
    ranked = sorted(causes, key=lambda each: (-each.waited_ns, -each.calls))
    rows = [
        [
            Cell(safe(each.source), "server"),
            Cell(safe(short(each.route)), "route"),
            Cell(safe(short(each.caused_route)), "route"),
            Cell(carrier_title(each.caused_carrier)),
            Cell(f"{each.requests:,}"),
            Cell(f"{each.calls:,}"),
            Cell(milliseconds(each.waited_ns // max(each.requests, 1))),
        ]
        for each in ranked[:MOST_CAUSES]
    ]
    columns = [
        Column("Causes, at", flexible=8, is_name=True),
        Column("request", flexible=8, is_name=True),
        Column("makes", flexible=8, is_name=True),
        Column("carrier"),
        Column("requests", right=True),
        Column("calls", right=True),
        Column("waits ms", right=True),
    ]
    rows += _and_more(columns, len(ranked) - MOST_CAUSES)
    yield from table_lines(columns, rows, width)


def _source_lines(fleet: FleetReport, width: int) -> Iterator[Text]:
    when = _times_of(fleet.sources)
    rows = [
        [
            Cell(safe(each.name), "server"),
            Cell(f"{each.files_read:,}/{each.files:,}"),
            Cell(f"{each.records:,}"),
            Cell("" if each.first_ns is None else when(each.first_ns)),
            Cell(_length(each)),
            Cell(size(each.gap_bytes) if each.gap_bytes else ""),
        ]
        for each in fleet.sources[:MOST_SOURCES]
    ]
    columns = [
        Column("Sources", flexible=8, is_name=True),
        Column("files", right=True),
        Column("packets", right=True),
        Column("from (UTC)"),
        Column("for", right=True),
        Column("lacking", right=True),
    ]
    rows += _and_more(columns, len(fleet.sources) - MOST_SOURCES)
    yield from table_lines(columns, rows, width)
    for each in fleet.sources:
        for said in (*lacks_nest(each), *not_decrypted(each)):
            yield from _marked("warning", f"{each.name}: {said}", width)
        for problem in each.problems:
            # Whole, since it begins with the name of a file, which may be copied.
            yield Text.assemble(("✗ ", "error"), safe(f"{each.name}: {problem}"))
        if each.stopped:
            yield from _marked("warning", f"{each.name} was stopped", width)
    yield from _other_lines(fleet, min(width, PROSE_WIDTH))


def _marked(severity: str, sentence: str, width: int) -> Iterator[Text]:
    """Yield a sentence with its mark, folded."""
    mark = f"{_MARKS[severity]} "
    for line in _folded(sentence, min(width, PROSE_WIDTH) - len(mark)):
        yield Text.assemble((mark, severity), line)
        mark = " " * len(mark)


def _other_lines(fleet: FleetReport, width: int) -> Iterator[Text]:
    """Yield the line of what connections speak that are not Nest's."""
    found = others(fleet)
    words = [f"{count:,} {what}" for what, count in found[:MOST_OTHERS]]
    if len(found) > MOST_OTHERS:
        words.append(f"and {len(found) - MOST_OTHERS:,} more")
    if words:
        sentence = f"Other connections: {', '.join(words)}"
        yield from (Text(line, "muted") for line in _folded(sentence, width))


def _times_of(sources: Sequence[SourceFigures]) -> Callable[[int], str]:
    """Return what says when a source begins: the time of day, if all have one date."""
    begun = [each.first_ns for each in sources if each.first_ns is not None]
    dates = {date_and_time(each).partition(" ")[0] for each in begun}
    return clock if len(dates) == 1 else date_and_time


def _and_more(columns: Sequence[Column], left: int) -> list[list[Cell]]:
    """Return the last row of a table that leaves out rows; nothing if it has all."""
    if left <= 0:
        return []
    return [[Cell(f"and {left:,} more", "muted"), *[Cell("")] * (len(columns) - 1)]]


def _length(source: SourceFigures) -> str:
    if source.first_ns is None:
        return ""
    return duration(max(source.last_ns - source.first_ns, 0))


def _clock_lines(fleet: FleetReport, width: int) -> Iterator[Text]:
    """Yield how clocks differ, the worst first."""
    ranked = sorted(
        spanning(fleet).values(), key=lambda each: (-abs(each.offset_ns), each.source)
    )
    if not ranked:
        return
    rows = [
        [
            Cell(safe(each.source), "server"),
            Cell(_difference(each)),
            Cell(safe(each.leading), "server"),
            Cell(_drift(each)),
        ]
        for each in ranked[:MOST_CLOCKS]
    ]
    columns = [
        Column("Clocks", flexible=8, is_name=True),
        Column("differ by", right=True),
        Column("from", flexible=8, is_name=True),
        Column("in a second"),
    ]
    rows += _and_more(columns, len(ranked) - MOST_CLOCKS)
    yield from table_lines(columns, rows, width)


def _is_same(shared: Shared) -> bool:
    return abs(shared.offset_ns) <= max(shared.spread_ns, _SAME_NS)


def _difference(shared: Shared) -> str:
    if _is_same(shared):
        return "the same as"
    way = "ahead of" if shared.offset_ns > 0 else "behind"
    return f"{duration(abs(shared.offset_ns))} {way}"


def _drift(shared: Shared) -> str:
    if not shared.drift:
        return ""
    way = "gains" if shared.drift > 0 else "loses"
    return f"{way} {duration(round(abs(shared.drift) * _SECOND))}"


def _aligned(fleet: FleetReport) -> str:
    """Return that times are not those of the captures, if clocks differ much."""
    differ = any(abs(each.offset_ns) >= _SECOND for each in spanning(fleet).values())
    return "clocks aligned" if differ else ""


def _between_lines(shared: Sequence[Shared], width: int) -> Iterator[Text]:
    """Yield how long packets take between two sources, the longest first."""
    if not shared:
        return
    ranked = sorted(shared, key=lambda each: (-each.transit_ns, each.source))
    rows = [
        [
            Cell(safe(each.leading), "server"),
            Cell(safe(each.source), "server"),
            Cell(milliseconds(each.transit_ns)),
            Cell(f"{each.packets:,}"),
        ]
        for each in ranked[:MOST_PAIRS]
    ]
    columns = [
        Column("Network between", flexible=8, is_name=True),
        Column("and", flexible=8, is_name=True),
        Column("one way ms", right=True),
        Column("packets compared", right=True),
    ]
    rows += _and_more(columns, len(ranked) - MOST_PAIRS)
    yield from table_lines(columns, rows, width)
