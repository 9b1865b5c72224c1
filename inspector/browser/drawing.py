"""Rich's text, in the roles of the theme, as what Textual draws."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from inspector.views.console import THEME

if TYPE_CHECKING:
    from inspector.views.text import Text

_CONSOLE = Console(
    file=io.StringIO(), theme=THEME, width=1 << 16, force_terminal=True,
    markup=False, emoji=False, highlight=False,
)  # fmt: skip
PLAIN = Style()
SELECTED = Style(reverse=True)
BOLD = Style(bold=True)


def drawn(line: Text, width: int, style: Style = PLAIN) -> Strip:
    """Return a line in so many cells: cut, or filled with blanks.

    Args:
        line: The line, whose styles are roles.
        width: Cells.
        style: What comes to the styles of all cells; what is turned round has no
            colours of its own, of which some could not be read as a ground.
    """
    segments = [
        Segment(part.text, _plainly(part.style or PLAIN, style) + style)
        for part in line.__rich__().render(_CONSOLE)
        if part.text
    ]
    return Strip(segments).adjust_cell_length(width, style)


def _plainly(own: Style, style: Style) -> Style:
    return Style(bold=own.bold) if style.reverse else own
