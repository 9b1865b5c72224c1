"""Tables without boxes: the first header is the title, two blanks part the columns.

rich's own tables need all rows at once and wrap what is too wide; these give their
lines one by one and shorten the columns that may be shortened, the widest first: names
last, and no further than they can be told apart, as long as there is room.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from protocol.named_tuple import NamedTuple
from protocol.on_demand import on_demand

from .cells import cell_len
from .rendering import cut_middle, fit
from .text import Text
from .theme import UNCUT, is_plain, show, show_plain, table_width

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from rich.console import Console

    from .short_names import ShortNames, least_room
else:  # decision 158
    ShortNames = on_demand("inspector.views.short_names:ShortNames")
    least_room = on_demand("inspector.views.short_names:least_room")

_GUTTER = "  "
_BETWEEN = len(_GUTTER)
_PADDED = 60
"""Cells to which a column is padded where nothing is cut: values may be very long."""
_FULL_NAME = 32
"""Cells of a name before what stands beside it gets more than …"""
_SHORT_VALUE = 10
"""… these."""


class Column(NamedTuple):
    """A column of a table.

    Attributes:
        header: Its heading.
        right: Whether its cells are flush right.
        flexible: The cells to which it may be shortened; 0 when it may not be.
        is_name: Whether its cells are names, which are cut in their middle; two names
            that differ look different, if there is room.
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
        self._whole = self._width >= UNCUT
        self._widens = True  # until names that are alike have all the room there is
        self._lay_out(_names(columns, sample))
        show(console, header_line(columns, self._widths))

    def shows(self, index: int) -> bool:
        """Whether there is room for a column."""
        return bool(self._widths[index])

    def _lay_out(self, names: Mapping[int, Collection[str]]) -> None:
        """Give each column its width, and each name its form in that."""
        self._widths = fit_columns(self._columns, self._needed, self._width, names)
        self._short = {} if self._whole else _shortened(names, self._widths)

    def _make_room(self, row: Row) -> None:
        """Lay out the columns anew where a row needs what those before it did not."""
        longer = any(len(row[i].text) > self._needed[i] for i in self._fixed)
        alike = self._widens and any(
            each.collides(row[i].text) for i, each in self._short.items()
        )
        if longer or alike:
            wider = map(max, self._needed, measure(self._columns, [row]))
            self._needed, before = list(wider), self._widths
            known = {i: [*each.known] for i, each in self._short.items()}
            self._lay_out({i: [*each, row[i].text] for i, each in known.items()})
            self._widens = self._widths != before

    def print(self, row: Row) -> None:
        """Print a row."""
        self._make_room(row)
        row = _told_apart(row, self._short)
        if self._plain:
            cells = _padded_row(self._columns, self._widths, row, whole=self._whole)
            shown = filter(None, cells)
            show_plain(self._console, _GUTTER.join(shown))
        else:
            show(self._console, row_line(self._columns, self._widths, row))


def table_lines(
    columns: Sequence[Column], rows: Sequence[Row], width: int
) -> Iterator[Text]:
    """Yield the header and the rows of a table."""
    widths = fit_columns(columns, measure(columns, rows), width, _names(columns, rows))
    yield header_line(columns, widths)
    for row in rows if width >= UNCUT else told_apart(columns, widths, rows):
        yield row_line(columns, widths, row, whole=width >= UNCUT)


def told_apart(
    columns: Sequence[Column], widths: Sequence[int], rows: Sequence[Row]
) -> Iterator[Row]:
    """Yield rows whose names have the room of their columns, and differ there."""
    short = _shortened(_names(columns, rows), widths)
    for row in rows:
        yield _told_apart(row, short)


def _told_apart(row: Row, short: Mapping[int, ShortNames]) -> Row:
    if not short:
        return row
    cells = list(row)
    for index, names in short.items():
        cells[index] = Cell(names.cut(row[index].text), row[index].style)
    return cells


def _names(
    columns: Sequence[Column], rows: Iterable[Row]
) -> dict[int, Collection[str]]:
    """Return the names of each column that has names, in their order."""
    places = [index for index, column in enumerate(columns) if column.is_name]
    names: dict[int, dict[str, None]] = {index: {} for index in places}
    for row in rows:
        for index in places:
            names[index][row[index].text] = None
    return {index: list(each) for index, each in names.items()}


def _shortened(
    names: Mapping[int, Collection[str]], widths: Sequence[int]
) -> dict[int, ShortNames]:
    return {
        index: ShortNames(widths[index], each)
        for index, each in names.items()
        if widths[index]
    }


def measure(columns: Sequence[Column], rows: Iterable[Row]) -> list[int]:
    """Return the widest cell of each column."""
    widths = [cell_len(column.header) for column in columns]
    for row in rows:
        for index, cell in enumerate(row):
            widths[index] = max(widths[index], cell_len(cell.text))
    return widths


# decision 45: Values may shrink to 8 cells, patterns to 10
def fit_columns(
    columns: Sequence[Column],
    widths: Sequence[int],
    width: int,
    names: Mapping[int, Collection[str]] | None = None,
) -> list[int]:
    """Shorten the widest flexible column, cell by cell, until the table fits.

    Values are shortened first, as far as is fair, then names. Where even their least is
    too much the last columns are left out: their width is 0.

    Args:
        columns: The columns.
        widths: The widest cell of each.
        width: Cells of the table.
        names: Column → the names in it, which are to be told apart.
    """
    if width >= UNCUT:
        most = [_PADDED if column.flexible else UNCUT for column in columns]
        return list(map(min, widths, most))
    kept = len(columns)
    least = _least(columns, widths, width, names or {})
    while kept > 1 and _table_width(least) > width:
        kept -= 1
        least = _least(columns[:kept], widths[:kept], width, names or {})
    fitted = list(widths[:kept])
    _shrink(fitted, list(map(max, least, map(_fair, columns))), width)
    _shrink(fitted, least, width)
    return fitted + [0] * (len(columns) - kept)


def _shrink(fitted: list[int], least: Sequence[int], width: int) -> None:
    """Shorten columns until they fit, or all have their least."""
    while _table_width(fitted) > width:
        wider = [index for index, each in enumerate(fitted) if each > least[index]]
        if not wider:
            break
        # Of columns that are equally wide the last one gives way: names come first.
        fitted[max(wider, key=lambda index: (fitted[index], index))] -= 1


def _fair(column: Column) -> int:
    """Return the cells that a column keeps until all others have no more."""
    return _FULL_NAME if column.is_name else _SHORT_VALUE


def _least(
    columns: Sequence[Column],
    widths: Sequence[int],
    width: int,
    names: Mapping[int, Collection[str]],
) -> list[int]:
    """Return the fewest cells of each column: in those of names, names differ."""
    least = [
        min(column.flexible, each) if column.flexible else each
        for column, each in zip(columns, widths, strict=True)
    ]
    for index, each in names.items():
        if index >= len(columns):
            continue
        spare = width - _table_width(least)
        least[index] = least_room(each, least[index], least[index] + max(spare, 0))
    return least


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
