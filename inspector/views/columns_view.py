"""Columns that a person chose, for people: a value that is absent is an empty cell."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

from protocol import UNDEFINED, Json

from .layout import Cell, Column, Listing
from .rendering import cell_text, safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import Console

    from inspector.calls.exchanges import Exchange
    from inspector.filters.projection import Column as Chosen

_SAMPLE = 1000
"""Rows whose width decides the width of the columns."""
_LEAST = 8  # cells to which a column may be shortened


def print_columns(
    console: Console, columns: Sequence[Chosen], exchanges: Iterable[Exchange]
) -> None:
    """Print the chosen columns for people, numbers flush right."""
    rows = ([column.read(each) for column in columns] for each in exchanges)
    sample = list(islice(rows, _SAMPLE))
    shown = [_column(column.name, sample, i) for i, column in enumerate(columns)]
    cells = [_cells(row) for row in sample]
    listing = Listing(console, shown, cells)
    for row in chain(cells, map(_cells, rows)):
        listing.print(row)


def _column(name: str, sample: Sequence[Sequence[Json]], index: int) -> Column:
    """Return a column for a field; numbers are flush right, and never cut."""
    numeric = _numeric(sample, index)
    return Column(name, right=numeric, flexible=0 if numeric else _LEAST)


def _numeric(rows: Sequence[Sequence[Json]], index: int) -> bool:
    present = (row[index] for row in rows)
    values = [each for each in present if each is not None and each is not UNDEFINED]
    return bool(values) and all(type(value) in {int, float} for value in values)


def _cells(row: Sequence[Json]) -> list[Cell]:
    return [Cell(safe(cell_text(value))) for value in row]
