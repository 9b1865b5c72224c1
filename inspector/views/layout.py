"""Tables without boxes: the first header is the title, two blanks part the columns.

rich's own tables need all rows at once and wrap what is too wide; these give their
lines one by one and shorten the columns that may be shortened, the widest first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from rich.cells import cell_len
from rich.text import Text

from .rendering import cut_middle, fit
from .theme import UNCUT, is_plain, show, show_plain, table_width

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import Console

_GUTTER = "  "
_BETWEEN = len(_GUTTER)
_PADDED = 60
"""Cells to which a column is padded where nothing is cut: values may be very long."""


class Column(NamedTuple):
    """A column of a table.

    Attributes:
        header: What stands above it.
        right: Whether its cells are flush right.
        flexible: The cells to which it may be shortened; 0 when it may not be.
        is_name: Whether its cells are names, which are cut in their middle.
    """

    header: str
    right: bool = False
    flexible: int = 0
    is_name: bool = False


class Cell(NamedTuple):
    """A text and its role."""

    text: str
    style: str = ""


Row: TypeAlias = "Sequence[Cell]"


# decision 44: Tables of our own on rich's text
class Listing:
    """A table whose rows come one by one, and may be a million.

    The first rows decide about the layout. Where a later row needs more room for what
    may not be shortened, such as a number, the columns are laid out anew from there.

    Args:
        console: Where it is printed.
        columns: Its columns, whose headers are printed at once.
        sample: Its first rows; they are not printed.
    """

    def __init__(
        self, console: Console, columns: Sequence[Column], sample: Sequence[Row]
    ) -> None:
        self._console, self._columns = console, columns
        self._plain = is_plain(console)
        self._fixed = [i for i, column in enumerate(columns) if not column.flexible]
        self._needed = measure(columns, sample)
        self._width = table_width(console)
        self._widths = fit_columns(columns, self._needed, self._width)
        show(console, header_line(columns, self._widths))

    def print(self, row: Row) -> None:
        """Print a row."""
        if any(len(row[i].text) > self._needed[i] for i in self._fixed):
            wider = map(max, self._needed, measure(self._columns, [row]))
            self._needed = list(wider)
            self._widths = fit_columns(self._columns, self._needed, self._width)
        if self._plain:
            cells = _padded_row(
                self._columns, self._widths, row, whole=self._width >= UNCUT
            )
            shown = filter(None, cells)
            show_plain(self._console, _GUTTER.join(shown))
        else:
            show(self._console, row_line(self._columns, self._widths, row))


def table_lines(
    columns: Sequence[Column], rows: Sequence[Row], width: int
) -> Iterator[Text]:
    """Yield the header and the rows of a table."""
    widths = fit_columns(columns, measure(columns, rows), width)
    yield header_line(columns, widths)
    for row in rows:
        yield row_line(columns, widths, row, whole=width >= UNCUT)


def measure(columns: Sequence[Column], rows: Iterable[Row]) -> list[int]:
    """Return the widest cell of each column."""
    widths = [cell_len(column.header) for column in columns]
    for row in rows:
        for index, cell in enumerate(row):
            widths[index] = max(widths[index], cell_len(cell.text))
    return widths


# decision 45: Values may shrink to 8 cells, patterns to 10
def fit_columns(
    columns: Sequence[Column], widths: Sequence[int], width: int
) -> list[int]:
    """Shorten the widest flexible column, cell by cell, until the table fits.

    Where that is not enough the last columns are left out: their width is 0.
    """
    if width >= UNCUT:
        most = [_PADDED if column.flexible else UNCUT for column in columns]
        return list(map(min, widths, most))
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
    columns: Sequence[Column], widths: Sequence[int], row: Row, *, whole: bool = False
) -> Text:
    """Return the cells of a row, padded and, unless they stay whole, shortened."""
    line = Text()
    padded = _padded_row(columns, widths, row, whole=whole)
    for text, (_, style) in zip(padded, row, strict=True):
        if line and text:
            line.append(_GUTTER)
        line.append(text, style)
    return line


def _padded_row(
    columns: Sequence[Column], widths: Sequence[int], row: Row, *, whole: bool
) -> list[str]:
    """Return each cell in the width of its column, empty where that is 0."""
    return [
        _padded(cell[0], width, column, whole=whole) if width else ""
        for column, width, cell in zip(columns, widths, row, strict=True)
    ]


def _padded(text: str, width: int, column: Column, *, whole: bool) -> str:
    # Nearly all texts are ASCII, and there are many: they need not be looked up.
    short = width - (len(text) if text.isascii() else cell_len(text))
    if short < 0:
        if whole:
            return text
        return cut_middle(text, width) if column[3] else fit(text, width)
    return " " * short + text if column[1] else text + " " * short


def _table_width(widths: Sequence[int]) -> int:
    shown = [width for width in widths if width]
    return sum(shown) + _BETWEEN * (len(shown) - 1)
