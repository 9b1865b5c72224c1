"""Tables without boxes: the first header is the title, two blanks part the columns.

rich's own tables need all rows at once and wrap what is too wide; these give their
lines one by one and shorten the columns that may be shortened, the widest first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len
from rich.text import Text

from .values import fit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_BETWEEN = 2  # cells


class Column(NamedTuple):
    """A column of a table.

    Attributes:
        header: What stands above it.
        right: Whether its cells are flush right.
        flexible: The cells to which it may be shortened; 0 when it may not be.
    """

    header: str
    right: bool = False
    flexible: int = 0


class Cell(NamedTuple):
    """A text and its role."""

    text: str
    style: str = ""


def table_lines(
    columns: Sequence[Column], rows: Sequence[Sequence[Cell]], width: int
) -> Iterator[Text]:
    """Yield the header and the rows of a table."""
    widths = fit_columns(columns, measure(columns, rows), width)
    yield header_line(columns, widths)
    for row in rows:
        yield row_line(columns, widths, row)


def measure(columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> list[int]:
    """Return the widest cell of each column."""
    widths = [cell_len(column.header) for column in columns]
    for row in rows:
        for index, cell in enumerate(row):
            widths[index] = max(widths[index], cell_len(cell.text))
    return widths


def fit_columns(
    columns: Sequence[Column], widths: Sequence[int], width: int
) -> list[int]:
    """Shorten the widest flexible column, cell by cell, until the table fits.

    Where that is not enough the last columns are left out: their width is 0.
    """
    fitted = list(widths)
    while _table_width(fitted) > width:
        flexible = [
            index
            for index, column in enumerate(columns)
            if column.flexible and fitted[index] > column.flexible
        ]
        if not flexible:
            break
        # Of columns that are equally wide the last one gives way: names come first.
        fitted[max(flexible, key=lambda index: (fitted[index], index))] -= 1
    for index in reversed(range(1, len(fitted))):
        if _table_width(fitted) <= width:
            break
        fitted[index] = 0
    return fitted


def header_line(columns: Sequence[Column], widths: Sequence[int]) -> Text:
    """Return the headers; the first is the title of the table."""
    cells = [
        Cell(column.header, "muted" if index else "title")
        for index, column in enumerate(columns)
    ]
    return row_line(columns, widths, cells)


def row_line(
    columns: Sequence[Column], widths: Sequence[int], row: Sequence[Cell]
) -> Text:
    """Return the cells of a row, padded and shortened."""
    line = Text()
    for column, width, cell in zip(columns, widths, row, strict=True):
        if not width:
            continue
        if line:
            line.append(" " * _BETWEEN)
        line.append(_padded(cell.text, width, right=column.right), cell.style)
    return line


def _padded(text: str, width: int, *, right: bool) -> str:
    short = width - cell_len(text)
    if short < 0:
        return fit(text, width)
    return " " * short + text if right else text + " " * short


def _table_width(widths: Sequence[int]) -> int:
    shown = [width for width in widths if width]
    return sum(shown) + _BETWEEN * (len(shown) - 1)
