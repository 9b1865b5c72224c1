"""The lines above and below a list: what is browsed, views, filter, keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message
from textual.widget import Widget

from inspector.views.cells import cell_len
from inspector.views.text import Text

from .drawing import drawn

if TYPE_CHECKING:
    from textual import events
    from textual.strip import Strip

_GAP = 2  # cells between two views, and between words of a line


class Bar(Widget):
    """One line: words at the left, and others at the right where there is room."""

    DEFAULT_CSS = "Bar { height: 1; width: 1fr; }"

    def __init__(self, *, id: str) -> None:  # noqa: A002 — as Textual calls it
        super().__init__(id=id)
        self._left, self._right = Text(), Text()

    @property
    def text(self) -> str:
        """What it says at the left."""
        return self._left.plain

    def say(self, left: Text, right: Text | None = None) -> None:
        """Show other words."""
        self._left, self._right = left, right or Text()
        self.refresh()

    def render_line(self, y: int) -> Strip:  # noqa: ARG002 — there is one
        """Return the line."""
        width = self.size.width
        return drawn(spread(self._left, self._right, width), width)


class Title(Bar):
    """What is browsed: a second line where one has no room for all of it."""

    def say(self, left: Text, right: Text | None = None) -> None:
        """Show other words."""
        super().say(left, right)
        self._fit()

    def on_resize(self) -> None:
        """Take as many lines as are needed now."""
        self._fit()

    def _fit(self) -> None:
        width = self.size.width
        room = width - self._right.cell_len - _GAP * bool(self._right)
        self.styles.height = 2 if 0 < room < self._left.cell_len else 1

    def render_line(self, y: int) -> Strip:
        """Return one of the lines."""
        if self.size.height == 1:
            return super().render_line(y)
        first, second = in_two(self._left, self.size.width)
        if y == 0:
            return drawn(first, self.size.width)
        return drawn(spread(second, self._right, self.size.width), self.size.width)


class Views(Bar):
    """The names of the views, one of which is shown; a click chooses another."""

    class Chosen(Message):
        """Another view is to be shown."""

        def __init__(self, place: int) -> None:
            super().__init__()
            self.place = place

    def __init__(self, *, id: str) -> None:  # noqa: A002 — as Textual calls it
        super().__init__(id=id)
        self._ends: list[int] = []

    def list_names(
        self, names: list[tuple[str, str]], chosen: int, right: Text
    ) -> None:
        """Show names, each with what is counted there; the one that is chosen bold."""
        line = Text()
        self._ends = []
        for place, (name, count) in enumerate(names):
            here = place == chosen
            line.append(f"[{name}" if here else f" {name}", "title" if here else "")
            line.append(f" {count}" if count else "", "warning")
            line.append("]" if here else " ", "title" if here else "")
            self._ends.append(line.cell_len)
        self.say(line, right)

    def on_click(self, event: events.Click) -> None:
        """Choose the view whose name is clicked."""
        for place, end in enumerate(self._ends):
            if event.x < end:
                self.post_message(self.Chosen(place))
                return


def spread(left: Text, right: Text, width: int) -> Text:
    """Return words at both ends of a line, those at the left cut where they are long.

    Args:
        left: The words at the left.
        right: Those at the right, which are left out where nothing else had room.
        width: Cells of the line.
    """
    left = left.copy()
    room = width - (right.cell_len + _GAP if right else 0)
    if left and room < _GAP * 4:
        room, right = width, Text()
    left.truncate(room)
    between = width - left.cell_len - right.cell_len
    return left + Text(" " * max(between, 0)) + right


def in_two(text: Text, width: int) -> tuple[Text, Text]:
    """Return a text in two lines, divided between two sentences if both have room.

    Args:
        text: Sentences with two blanks between them, a blank before the first.
        width: Cells of the first line; the second is as long as it has to be.
    """
    plain = text.plain
    blanks = [place for place, each in enumerate(plain) if each == " " and place]
    fitting = [each for each in blanks if cell_len(plain[:each]) <= width]
    parts = [each for each in fitting if plain[each : each + _GAP] == " " * _GAP]
    soon = [each for each in parts if cell_len(plain[each + 1 :]) <= width]
    place = (soon or fitting or [len(plain)])[-1]
    first, second = text.divide([place])
    second = Text(" ") + second.divide([len(second) - len(second.plain.lstrip())])[1]
    return first, second


def keys_line(keys: list[tuple[str, str]]) -> Text:
    """Return keys with what they do, as the last line of the screen has them."""
    line = Text(" ")
    for key, words in keys:
        line.append(key, "command")
        line.append(f" {words}" + " " * _GAP)
    return line
