"""What differs between two captures: the answer, tables, and how it was judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.comparing.measures import Verdict
from inspector.words import plural

from .diff_words import (
    answer,
    change_words,
    error_words,
    figure_cells,
    finding_words,
    judged_words,
    mark_of,
    moved,
    name_of,
    patterns_words,
    size_words,
    tail_words,
    title,
)
from .layout import Cell, Column, table_lines
from .prose import wrapped
from .rendering import safe
from .text import Text
from .theme import PROSE_WIDTH, show, table_width

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from inspector.comparing.comparison import Comparison, PatternDiff

MOST_CHANGES = 12
"""Changes of the payloads of a pattern that are listed."""

_COLUMNS = (
    Column("Patterns", flexible=12, is_name=True),
    Column("count"),
    Column("failed"),
    Column("p50 ms"),
    Column("p99 ms"),
)
_STYLES = {Verdict.MORE: "error", Verdict.LESS: "good"}


def print_diff(console: Console, comparison: Comparison) -> None:
    """Print what differs, for people."""
    for line in diff_view_lines(comparison, table_width(console), console.width):
        show(console, line)


def diff_view_lines(comparison: Comparison, width: int, screen: int) -> Iterator[Text]:
    """Yield the lines.

    Args:
        comparison: What differs.
        width: Cells of a line of a table …
        screen: … and of the screen, which sentences fit.
    """
    yield Text(title(comparison), "title")
    yield Text(patterns_words(comparison))
    yield Text()
    good, words = answer(comparison)
    mark = Text.assemble(("✓" if good else "✗", "good" if good else "error"))
    room = min(screen, PROSE_WIDTH)
    yield from wrapped(mark + Text(f" {words}", "answer"), room, 0, 2)
    yield from _table(comparison, width)
    yield from _one_sided(comparison)
    yield from _details(comparison, room)
    yield Text()
    found = Text.assemble(("Findings  ", "title"), finding_words(comparison))
    yield from wrapped(found, room, 0, 10)
    yield from wrapped(Text(judged_words(comparison), "muted"), room, 0)


def _table(comparison: Comparison, width: int) -> Iterator[Text]:
    differing = [each for each in comparison.both if each.differs or _may_differ(each)]
    rest = len(comparison.both) - len(differing)
    shown = differing or comparison.both
    if not shown:
        return
    yield Text()
    yield from table_lines(_COLUMNS, [_row(each) for each in shown], width)
    if differing and rest:
        noun = plural(rest, "more pattern").removeprefix(f"{rest:,} ")
        yield Text(f"and {rest:,} {noun}, as before", "muted")


def _may_differ(pattern: PatternDiff) -> bool:
    """Whether a pattern has other times, of calls that are too few to say so."""
    p50 = pattern.measures.get("p50")
    return pattern.few and p50 is not None and moved(p50)


def _row(pattern: PatternDiff) -> list[Cell]:
    cells = [Cell(name_of(pattern.key), "route")]
    for text, verdict in figure_cells(pattern):
        cells.append(Cell(text, _STYLES.get(verdict, "")))
    return cells


def _one_sided(comparison: Comparison) -> Iterator[Text]:
    for keys, side, word, style in (
        (comparison.new, comparison.after, "New", "good"),
        (comparison.gone, comparison.before, "Gone", "warning"),
    ):
        if keys:
            yield Text()
            yield Text(f"{word} patterns", "title")
        for key in keys:
            count = plural(side.figures[key].count, "exchange")
            line = Text.assemble(("  ", style), (name_of(key), "route"))
            yield line.append(f"  {count}", "muted")


def _details(comparison: Comparison, room: int) -> Iterator[Text]:
    """Yield what a table has no room for, pattern by pattern."""
    found = [(each, list(_lines_of(each))) for each in comparison.both]
    found = [(each, lines) for each, lines in found if lines]
    if found:
        yield Text()
        yield Text("What changed", "title")
    for pattern, lines in found:
        yield Text(name_of(pattern.key), "route")
        for line in lines:
            yield from wrapped(line, room, 2, 2)


def _lines_of(pattern: PatternDiff) -> Iterator[Text]:
    for change in pattern.changes[:MOST_CHANGES]:
        mark, style = mark_of(change)
        yield Text.assemble((mark, style), f" {safe(change_words(change))}")
    more = len(pattern.changes) - MOST_CHANGES
    if more > 0:
        yield Text(f"  and {more} more (--json lists them)", "muted")
    for words in (*error_words(pattern), *tail_words(pattern), *size_words(pattern)):
        yield Text(f"· {words}")
