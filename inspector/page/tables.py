"""Tables of a page, which template and script lay out alike.

::

    {"caption": "…", "columns": [["pattern", "name"], ["calls", "figure"]],
     "rows": [[["sum", "route", null], ["200", "", 200]]], "foot": 1}

A column is its heading and its kind; a cell is its text, its role, and what it is
sorted by, where that is not its text. The last ``foot`` rows are sums, and stay where
they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from inspector.views.rendering import cut_middle, decimals, milliseconds
from protocol.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from inspector.views.layout import Cell, Column

LONGEST = 160
"""Cells of a name."""
_BLANK = "\u00a0"  # which stays at the end of a cell
Json: TypeAlias = Any
"""What the encoder takes: dictionaries, lists, texts and numbers."""


class Entry(NamedTuple):
    """A cell of a page's table.

    Attributes:
        text: What it says.
        style: Its role, a class of the style.
        value: What it is sorted by; None for its text.
    """

    text: str
    style: str = ""
    value: int | None = None


def table(
    caption: str,
    columns: Sequence[tuple[str, str]],
    rows: Iterable[Sequence[Entry | None]],
    foot: int = 0,
) -> Json:
    """Return a table.

    Args:
        caption: What it shows, for who cannot see it.
        columns: The heading of each, and its kind: ``name``, ``text`` or ``figure``;
            besides ``ms`` where that is a duration, and ``extra`` where a narrow screen
            leaves it out.
        rows: The cells of each.
        foot: How many of the last are sums.
    """
    entries = [[cell or Entry("") for cell in row] for row in rows]
    aligned(entries, [kind for _, kind in columns])
    return {
        "caption": caption,
        "columns": [list(column) for column in columns],
        "rows": [[list(cell) for cell in row] for row in entries],
        "foot": foot,
    }


def aligned(rows: Sequence[list[Entry]], kinds: Sequence[str]) -> None:
    """Pad durations, so that the decimal points of a column agree in a monospaced font.

    Args:
        rows: Cells, which are replaced.
        kinds: Those of the columns: durations are in those with ``ms``.
    """
    for place, kind in enumerate(kinds):
        if "ms" not in kind.split():
            continue
        most = max((decimals(row[place].text) for row in rows), default=0)
        for row in rows:
            text = row[place].text
            if text[:1].isdecimal():
                padded = text + _BLANK * (most - decimals(text))
                row[place] = row[place]._replace(text=padded)


def table_of_view(
    caption: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], foot: int
) -> Json:
    """Return a table that a view has for the screen; its first heading is its title."""
    headings = [("what", "name")]
    headings += [
        (each.header, "figure" if each.right else "text") for each in columns[1:]
    ]
    entries = [[Entry(name(cell.text), cell.style) for cell in row] for row in rows]
    return table(caption, headings, entries, foot)


def name(text: str) -> str:
    """Return a name as a table has it: cut in its middle where it is very long."""
    return text if len(text) <= LONGEST else cut_middle(text, LONGEST).rstrip()


def count(number: int, style: str = "") -> Entry:
    """Return a number of things; none is muted."""
    return Entry(f"{number:,}", style if number else "muted", number)


def time(time_ns: int | None, style: str = "") -> Entry:
    """Return a duration in milliseconds; a dash where there is none."""
    if time_ns is None:
        return Entry(milliseconds(None), "muted", -1)
    return Entry(milliseconds(time_ns), style, time_ns)
