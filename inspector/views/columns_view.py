"""Columns that a person chose, for people, for spreadsheets and for programs.

A value that an exchange does not have is an empty cell, and an absent key of a JSON
line; ``null`` is ``null``. In CSV strings stand as they are, all else as JSON.
"""

from __future__ import annotations

import csv
import io
from itertools import chain, islice
from typing import TYPE_CHECKING

from protocol import UNDEFINED, Json, dumps

from .table import Cell, Column, Listing
from .values import safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import Console

    from inspector.calls.exchanges import Exchange
    from inspector.filters.projection import Column as Chosen

_SAMPLE = 1000
"""Rows whose width decides the width of the columns."""
_LEAST = 8  # cells to which a column may be shortened


def csv_lines(
    columns: Sequence[Chosen], exchanges: Iterable[Exchange]
) -> Iterator[str]:
    """Yield the lines of a CSV file (RFC 4180), the names of its columns first."""
    line = io.StringIO()
    writer = csv.writer(line)
    for row in chain(
        [[column.name for column in columns]],
        ([_text(column.read(each)) for column in columns] for each in exchanges),
    ):
        writer.writerow(row)
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def chosen_line(columns: Sequence[Chosen], exchange: Exchange) -> bytes:
    """Return an exchange as a JSON line with the chosen columns as its keys."""
    read = ((column.name, column.read(exchange)) for column in columns)
    return dumps({name: value for name, value in read if value is not UNDEFINED})


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
    return [Cell(safe(_text(value))) for value in row]


def _text(value: Json) -> str:
    if value is UNDEFINED:
        return ""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    return dumps(value).decode()
