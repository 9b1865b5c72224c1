"""Tables of a page, which template and script lay out alike.

::

    {"caption": "…", "columns": [["pattern", "name"], ["calls", "figure"]],
     "rows": [[["sum", "route", null], ["200", "", 200]]], "foot": 1}

A column is its heading and its kind; a cell is its text, its role, and what it is sorted
by, where that is not its text. The last ``foot`` rows are sums, and stay where they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from inspector.views.rendering import milliseconds
from protocol.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from inspector.views.layout import Cell, Column

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
            with ``extra`` besides where a narrow screen leaves it out.
        rows: The cells of each.
        foot: How many of the last are sums.
    """
    return {
        "caption": caption,
        "columns": [list(column) for column in columns],
        "rows": [[list(cell or Entry("")) for cell in row] for row in rows],
        "foot": foot,
    }


def table_of_view(
    caption: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], foot: int
) -> Json:
    """Return a table that a view has for the screen; its first heading is its title."""
    headings = [("what", "name")]
    headings += [(each.header, "figure" if each.right else "text") for each in columns[1:]]
    entries = [[Entry(cell.text, cell.style) for cell in row] for row in rows]
    return table(caption, headings, entries, foot)


def count(number: int, style: str = "") -> Entry:
    """Return a number of things; none is muted."""
    return Entry(f"{number:,}", style if number else "muted", number)


def time(time_ns: int | None, style: str = "") -> Entry:
    """Return a duration in milliseconds; a dash where there is none."""
    if time_ns is None:
        return Entry(milliseconds(None), "muted", -1)
    return Entry(milliseconds(time_ns), style, time_ns)
