"""How lines are shown, and what stands in for a glyph that cannot be encoded."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, cast

from .screen import Screen
from .text import Text

if TYPE_CHECKING:
    from typing import TextIO

    from rich.console import Console

_STAND_INS = str.maketrans(
    {
        "→": "->", "←": "<-", "►": ">", "◄": "<", "│": "|", "─": "-", "═": "=",
        "┄": ".", "┼": "+", "┐": "\\", "┘": "/", "×": "x", "÷": "/", "≠": "!=",
        "┬": "+", "├": "+", "┤": "+", "┌": "+", "└": "+",
        "✓": "ok", "✗": "x", "·": ".", "…": "...", "–": "-", "“": '"', "”": '"',
        "µ": "u", "━": "=", "≤": "<=", "≥": ">=",
        "╸": "*", "┴": "+", "▁": ".", "▂": ".", "▃": ".", "▄": ":", "▅": ":", "▆": ":",
        "▇": "#", "█": "#", "▏": ".", "▎": ".", "▍": ":", "▌": ":", "▋": ":", "▊": "#",
        "▉": "#",
    }
)  # fmt: skip
"""What is written in place of a glyph that stdout cannot encode."""

UNCUT = 1 << 20
"""Cells of a table that nobody looks at on a screen: nothing in it is cut."""
PROSE_WIDTH = 100
"""Sentences stop here, however wide the terminal is."""


def make_console(file: TextIO | None = None, terminal: bool | None = None) -> Console:  # noqa: FBT001
    """Return what may be used as a console with the colour roles.

    Args:
        file: Where it writes; None for stdout.
        terminal: Whether that is a terminal; None if the file and the environment say.
    """
    return cast("Console", Screen(file or sys.stdout, terminal))


def console_of(screen: Console) -> Console:
    """Return the console itself, which rich needs where a screen stands for it."""
    known: object = screen
    return known.console if isinstance(known, Screen) else screen


def show(console: Console, line: Text, *, whole: bool = False) -> None:
    """Print one line, cut at the edge and not wrapped.

    Args:
        console: Where.
        line: The line.
        whole: Whether it is not cut, as it is to be copied.
    """
    if is_plain(console):
        show_plain(console, line.plain)
        console.file.flush()
        return
    line.rstrip()
    if not _encodable(line.plain, console.encoding):
        line = _with_stand_ins(line, console.encoding)
    if console.is_terminal and not whole:
        line.truncate(console.width)
    console.print(line, no_wrap=True, overflow="ignore", crop=False)


def is_plain(console: Console) -> bool:
    """Whether nobody sees colours: neither a terminal nor a picture shows a line."""
    return not (console.is_terminal or console.record)


def table_width(console: Console) -> int:
    """Return the cells of a table: as wide as the screen, and ``UNCUT`` in a pipe.

    Who sets ``COLUMNS``, or gives a console a width, asks for a screen of that width.
    """
    measured = isinstance(cast("object", console), Screen) and not os.environ.get(
        "COLUMNS"
    )
    if measured and is_plain(console):
        return UNCUT
    return console.width


def show_plain(console: Console, text: str) -> None:
    """Print one line without colours, as show() does where nobody sees them.

    A listing may have a million lines, and rich takes ten times as long for one.
    """
    text = text.rstrip()
    if not _encodable(text, console.encoding):
        text = _with_stand_ins(Text(text), console.encoding).plain
    console.file.write(f"{text}\n")


def _encodable(text: str, encoding: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _with_stand_ins(line: Text, encoding: str) -> Text:
    """Return a line that can be encoded; a character without a substitute becomes ?."""
    plain = Text()
    for part in line.divide(
        sorted({0, *(s.start for s in line.spans), *(s.end for s in line.spans)})
    ):
        text = part.plain.translate(_STAND_INS)
        encoded = text.encode(encoding, "replace").decode(encoding)
        style = part.spans[0].style if part.spans else part.style
        plain.append(encoded, style)
    return plain
