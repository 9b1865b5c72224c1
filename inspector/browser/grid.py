"""A list that may be a million rows long: only those in sight are ever made."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from inspector.views.layout import (
    fit_columns,
    header_line,
    measure,
    row_line,
    told_apart,
)
from inspector.views.text import Text

from .drawing import BOLD, PLAIN, SELECTED, drawn

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual import events
    from textual.binding import BindingType

    from .listed import Columns, Listed, Rows

_MARGIN = 2  # cells of the mark in front of a row
_GUTTER = 2
_HERE, _MARKED = "►", "•"


class Grid(ScrollView, can_focus=True):
    """A table with a row that is selected; the wheel scrolls what it is over."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("pageup,ctrl+b", "leaf(-1)", show=False),
        Binding("pagedown,ctrl+f", "leaf(1)", show=False),
        Binding("home,g", "first", show=False),
        Binding("end,G", "last", show=False),
        Binding("enter", "open", show=False),
    ]
    DEFAULT_CSS = """
    Grid { scrollbar-size-vertical: 1; scrollbar-gutter: stable; overflow-x: hidden; }
    """

    class Moved(Message):
        """Another row is selected."""

        def __init__(self, *, by_user: bool) -> None:
            super().__init__()
            self.by_user = by_user

    class Opened(Message):
        """The row that is selected is to be opened."""

    class Sorted(Message):
        """Rows are to be sorted by a column."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(self, *, id: str) -> None:  # noqa: A002 — as Textual calls it
        super().__init__(id=id)
        self.listed: Listed | None = None
        self.place = 0
        self.is_marked: Callable[[int], bool] = lambda _: False
        self._needed: list[int] = []
        self._page: tuple[object, Columns, list[int], Rows] | None = None
        self._made = 0

    @property
    def seen(self) -> int:
        """How many rows are in sight."""
        return max(self.size.height - 1, 1)

    @property
    def room(self) -> int:
        """Cells of a line, without the bar that scrolls."""
        return self.scrollable_content_region.width

    def show(self, listed: Listed, place: int = 0) -> None:
        """Show other rows, one of them selected."""
        if listed is not self.listed:
            self._needed = []
        self.listed = listed
        self.renew(place)

    def renew(self, place: int | None = None) -> None:
        """Draw the rows anew, as others may be listed now."""
        assert self.listed is not None
        self._made += 1
        self.virtual_size = Size(self.room, self.listed.count + 1)
        wanted = self.place if place is None else place
        self.place = max(min(wanted, self.listed.count - 1), 0)
        self._into_sight()
        self.refresh()
        self.post_message(self.Moved(by_user=False))

    def select(self, place: int, *, by_user: bool = True) -> None:
        """Select a row, and bring it into sight."""
        count = 0 if self.listed is None else self.listed.count
        self.place = max(min(place, count - 1), 0)
        self._into_sight()
        self.refresh()
        self.post_message(self.Moved(by_user=by_user))

    def _into_sight(self) -> None:
        top = round(self.scroll_offset.y)
        if self.place < top:
            self.scroll_to(y=self.place, animate=False, force=True, immediate=True)
        elif self.place >= top + self.seen:
            below = self.place - self.seen + 1
            self.scroll_to(y=below, animate=False, force=True, immediate=True)

    def action_move(self, step: int) -> None:
        """Select the row above or below."""
        self.select(self.place + step)

    def action_leaf(self, step: int) -> None:
        """Select a row one screen away."""
        self.select(self.place + step * self.seen)

    def action_first(self) -> None:
        """Select the first row."""
        self.select(0)

    def action_last(self) -> None:
        """Select the last row."""
        self.select(0 if self.listed is None else self.listed.count - 1)

    def action_open(self) -> None:
        """Open the row that is selected."""
        if self.listed is not None and self.listed.count:
            self.post_message(self.Opened())

    def on_resize(self) -> None:
        """Keep what is selected in sight."""
        self._needed = []
        if self.listed is not None:
            self.virtual_size = Size(self.room, self.listed.count + 1)
            self._into_sight()

    def on_click(self, event: events.Click) -> None:
        """Select the row that is clicked; twice opens it; a heading sorts."""
        if self.listed is None:
            return
        if event.y == 0:
            self._sort_at(event.x)
            return
        place = round(self.scroll_offset.y) + event.y - 1
        if place < self.listed.count:
            self.select(place)
            if event.chain > 1:
                self.action_open()

    def _sort_at(self, x: int) -> None:
        columns, widths, _ = self._visible()
        end = _MARGIN
        for column, width in zip(columns, widths, strict=True):
            end += width
            if width and x < end + _GUTTER // 2:
                assert self.listed is not None
                key = self.listed.key_of(column.header)
                if key is not None:
                    self.post_message(self.Sorted(key))
                return
            end += _GUTTER * bool(width)

    def render_line(self, y: int) -> Strip:
        """Return a line: the headings, or a row."""
        width = self.room
        if self.listed is None:
            return Strip.blank(width)
        columns, widths, rows = self._visible()
        if y == 0:
            head = Text(" " * _MARGIN) + header_line(columns, widths)
            return drawn(head, width)
        if y > len(rows):
            return Strip.blank(width)
        place = round(self.scroll_offset.y) + y - 1
        return self._row(place, row_line(columns, widths, rows[y - 1]), width)

    def _row(self, place: int, line: Text, width: int) -> Strip:
        here = place == self.place
        marked = self.is_marked(place)
        line = Text((_MARKED if marked else " ") + (_HERE if here else " ")) + line
        selected = SELECTED if self.has_focus else BOLD
        return drawn(line, width, selected if here else PLAIN)

    def _visible(self) -> tuple[Columns, list[int], Rows]:
        """Return the columns, their widths, and the rows in sight."""
        assert self.listed is not None
        top = round(self.scroll_offset.y)
        state = (self._made, top, self.size, self.room)
        if self._page is not None and self._page[0] == state:
            return self._page[1:]
        room = self.room - _MARGIN
        columns, rows = self.listed.page(top, self.seen, room)
        needed = measure(columns, rows)
        if len(needed) == len(self._needed):  # columns grow, and do not shrink again
            needed = list(map(max, needed, self._needed))
        self._needed = needed
        names = {
            place: list(dict.fromkeys(row[place].text for row in rows))
            for place, column in enumerate(columns)
            if column.is_name
        }
        widths = fit_columns(columns, needed, room, names)
        shown = [list(row) for row in told_apart(columns, widths, rows)]
        self._page = state, columns, widths, shown
        return columns, widths, shown
