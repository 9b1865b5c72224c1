"""What other commands print, as lines that can be scrolled."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from rich.console import Console

from inspector.views.console import THEME
from inspector.views.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_LINES = 20_000
"""Lines that are kept of what is drawn; more nobody scrolls through."""


class Collector(Console):
    """A console that keeps the lines that are printed.

    Args:
        width: Cells of a line.

    Attributes:
        lines: What was printed.
    """

    def __init__(self, width: int) -> None:
        super().__init__(
            file=io.StringIO(), theme=THEME, width=width, force_terminal=True,
            highlight=False, markup=False, emoji=False,
        )  # fmt: skip
        self.lines: list[Text] = []

    def print(self, *objects: Any, **_how: Any) -> None:  # noqa: ANN401 — of rich
        """Keep what is printed."""
        if len(self.lines) < MOST_LINES:
            self.lines += [each for each in objects if isinstance(each, Text)]


def collected(width: int, draw: Callable[[Console], None]) -> list[Text]:
    """Return the lines that something prints.

    Args:
        width: Cells of a line.
        draw: Prints them.
    """
    console = Collector(width)
    draw(console)
    return console.lines
