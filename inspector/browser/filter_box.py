"""The box that a filter is typed into: completed, and underlined where it is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.highlighter import Highlighter
from textual.binding import Binding
from textual.suggester import Suggester
from textual.widgets import Input

from .completing import completions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rich.text import Text
    from textual.binding import BindingType


class _Mistakes(Highlighter):
    """Underlines what has no meaning.

    Attributes:
        place: The character at fault, from 1; 0 for none.
    """

    place = 0

    def highlight(self, text: Text) -> None:
        """Underline from the character at fault on."""
        if self.place:
            begin = min(self.place - 1, max(len(text) - 1, 0))
            text.stylize("underline red", begin, len(text))


class _Known(Suggester):
    def __init__(self, routes: Callable[[], Iterable[str]]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._routes = routes

    async def get_suggestion(self, value: str) -> str | None:
        """Return what a text may become, if it is its beginning."""
        offered = completions(value, self._routes())
        return next((each for each in offered if each.startswith(value)), None)


class FilterBox(Input):
    """A filter.

    Args:
        routes: Gives the routes that there are.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete", show=False, priority=True),
    ]
    DEFAULT_CSS = """
    FilterBox, FilterBox:focus { border: none; height: 1; padding: 0; width: 1fr;
        background: ansi_default; }
    """

    def __init__(self, routes: Callable[[], Iterable[str]], *, id: str) -> None:  # noqa: A002 — as Textual calls it
        self._mistakes = _Mistakes()
        self._routes = routes
        super().__init__(
            id=id,
            highlighter=self._mistakes,
            suggester=_Known(routes),
            select_on_focus=False,
        )

    def blame(self, place: int) -> None:
        """Underline a character, counted from 1; 0 underlines nothing."""
        if self._mistakes.place != place:
            self._mistakes.place = place
            self.refresh()

    def offered(self) -> list[str]:
        """Return what the text may become."""
        head = self.value[: self.cursor_position]
        return completions(head, self._routes())

    def action_complete(self) -> None:
        """Complete the last word as far as it can only go on so."""
        offered = self.offered()
        if offered and self.cursor_position == len(self.value):
            common = _beginning(offered)
            self.value = common if len(common) > len(self.value) else offered[0]
            self.cursor_position = len(self.value)


def _beginning(texts: list[str]) -> str:
    """Return what all texts begin with."""
    first, last = min(texts), max(texts)
    pairs = zip(first, last, strict=False)
    length = next((i for i, (a, b) in enumerate(pairs) if a != b), len(first))
    return first[:length]
