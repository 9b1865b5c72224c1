"""Lines that scroll, of which objects and arrays can be folded."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from protocol.lazy_regex import lazy_regex

from .drawing import PLAIN, SELECTED, drawn
from .folding import folds, unfolded, wrapped_at

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual import events
    from textual.binding import BindingType

    from inspector.views.text import Text

_ROOM = 80  # cells before the first layout
_NUMBER = lazy_regex(r"#(\d+)(?:–#(\d+))?")
_PACKET = lazy_regex(r" *(\d+) ")


class Pane(ScrollView, can_focus=True):
    """Lines, one of which is current while the pane has the focus."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("pageup,ctrl+b", "leaf(-1)", show=False),
        Binding("pagedown,ctrl+f", "leaf(1)", show=False),
        Binding("home,g", "to(0)", show=False),
        Binding("end,G", "to(-1)", show=False),
        Binding("enter,z", "fold", show=False),
        Binding("Z", "fold_all", show=False),
    ]
    DEFAULT_CSS = """
    Pane { scrollbar-size-vertical: 1; scrollbar-gutter: stable; overflow-x: hidden; }
    """

    class Followed(Message):
        """A line names an exchange that is to be shown."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self, *, id: str) -> None:  # noqa: A002 — as Textual calls it
        super().__init__(id=id)
        self.place = 0
        self._lines: list[Text] = []
        self._ranges: dict[int, int] = {}
        self._folded: set[int] = set()
        self._shown: list[tuple[int, Text]] = []
        self._about: object = None
        self._heading: int | None = None  # of the lines
        self._head: int | None = None  # where it is shown

    @property
    def room(self) -> int:
        """Cells of a line, without the bar that scrolls."""
        return self.scrollable_content_region.width

    @property
    def text(self) -> str:
        """All that is shown, as plain lines."""
        return "\n".join(line.plain.rstrip() for _, line in self._shown)

    def show(
        self, lines: Sequence[Text], about: object = None, heading: int | None = None
    ) -> None:
        """Show other lines; the place stays where they are about the same.

        Args:
            lines: The lines.
            about: What they are about.
            heading: The place of the line that stays in sight when it would be gone.
        """
        self._heading = heading
        if about is None or about != self._about:
            self.place, self._about = 0, about
            self._folded = set()
            self.scroll_to(y=0, animate=False, force=True, immediate=True)
        self._lines = list(lines)
        self._ranges = folds(self._lines)
        self._folded &= self._ranges.keys()
        self._arrange()

    def find(self, number: int) -> None:
        """Go to the first line that names an exchange, alone or in a range."""
        self._go_where(
            lambda line: any(
                int(each[1]) <= number <= int(each[2] or each[1])
                for each in _NUMBER.finditer(line)
            )
        )

    def find_packet(self, number: int) -> None:
        """Go to the line that begins with the number of a packet."""
        self._go_where(
            lambda line: (
                (found := _PACKET.match(line)) is not None and int(found[1]) == number
            )
        )

    def _go_where(self, holds: Callable[[str], bool]) -> None:
        """Go to the first such line, in the middle if it can be."""
        for place, (_, line) in enumerate(self._shown):
            if holds(line.plain):
                middle = max(place - self.size.height // 2, 0)
                self.scroll_to(y=middle, animate=False, force=True, immediate=True)
                self._go(place)
                return

    def _arrange(self) -> None:
        lines = unfolded(self._lines, self._ranges, self._folded)
        room = self.room or _ROOM
        self._shown = [
            (place, piece) for place, line in lines for piece in wrapped_at(line, room)
        ]
        self._head = next(
            (at for at, (place, _) in enumerate(self._shown) if place == self._heading),
            None,
        )
        self.place = max(min(self.place, len(self._shown) - 1), 0)
        self.virtual_size = Size(self.room, len(self._shown))
        self.refresh()

    def action_move(self, step: int) -> None:
        """Go to the line above or below."""
        self._go(self.place + step)

    def action_leaf(self, step: int) -> None:
        """Go one screen up or down."""
        self._go(self.place + step * self.size.height)

    def action_to(self, place: int) -> None:
        """Go to the first line, or to the last."""
        self._go(place if place >= 0 else len(self._shown) - 1)

    def _go(self, place: int) -> None:
        self.place = max(min(place, len(self._shown) - 1), 0)
        top, height = round(self.scroll_offset.y), self.size.height
        covered = self._head is not None and self.place > self._head
        if self.place < top + covered:
            above = self.place - covered
            self.scroll_to(y=above, animate=False, force=True, immediate=True)
        elif self.place >= top + height:
            below = self.place - height + 1
            self.scroll_to(y=below, animate=False, force=True, immediate=True)
        self.refresh()

    def action_fold(self) -> None:
        """Fold what begins in the line, or unfold it; or show what the line names."""
        if not self._shown:
            return
        first, line = self._shown[self.place]
        if first in self._ranges:
            self._folded ^= {first}
            self._arrange()
        elif (named := _NUMBER.search(line.plain)) is not None:
            self.post_message(self.Followed(int(named[1])))

    def action_fold_all(self) -> None:
        """Fold all that is inside of payloads, or unfold everything."""
        inner = {
            first
            for first in self._ranges
            if any(start < first < end for start, end in self._ranges.items())
        }
        self._folded = set() if self._folded else inner or set(self._ranges)
        self._arrange()

    def on_resize(self) -> None:
        """Give the lines the new room."""
        self._arrange()

    def on_click(self, event: events.Click) -> None:
        """Go to the line that is clicked; twice folds it."""
        place = self._place_at(event.y)
        if place < len(self._shown):
            self._go(place)
            if event.chain > 1:
                self.action_fold()

    def render_line(self, y: int) -> Strip:
        """Return a line."""
        place = self._place_at(y)
        width = self.room
        if place >= len(self._shown):
            return Strip.blank(width)
        here = self.has_focus and place == self.place
        return drawn(self._shown[place][1], width, SELECTED if here else PLAIN)

    def _place_at(self, y: int) -> int:
        """Return what is shown in a row; in the first it may be the heading."""
        top = round(self.scroll_offset.y)
        gone = self._head is not None and self._head < top
        return self._head if y == 0 and gone else top + y  # type: ignore[return-value]
