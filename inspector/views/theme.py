"""Colour roles, and what stands in for a glyph that cannot be encoded.

Only ANSI names are used, so the user's terminal decides what they look like. Colour
is never alone: each role has a word, a mark or a place as well.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text
from rich.theme import Theme

if TYPE_CHECKING:
    from typing import TextIO

THEME = Theme(
    {
        "answer": "bold",
        "title": "bold",
        "route": "bold",
        "muted": "dim",
        "good": "green",
        "note": "blue",
        "warning": "yellow",
        "error": "bold red",
        "client": "cyan",
        "server": "magenta",
        "command": "cyan",
    }
)
"""Role → style."""

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


class _Console(Console):
    """A console that leaves a closed pipe to the command: it is not a failure."""

    def on_broken_pipe(self) -> None:
        """Raise what rich has caught; it would end the program with code 1."""
        raise BrokenPipeError


def make_console(file: TextIO | None = None) -> Console:
    """Return a console with the colour roles, as wide as the terminal."""
    return _Console(
        file=file or sys.stdout,
        theme=THEME,
        highlight=False,
        markup=False,
        emoji=False,
        soft_wrap=False,
    )


def show(console: Console, line: Text, *, whole: bool = False) -> None:
    """Print one line, cut at the edge and not wrapped.

    Args:
        console: Where.
        line: The line.
        whole: Whether it is not cut, as it is to be copied.
    """
    line.rstrip()
    if not _encodable(line.plain, console.encoding):
        line = _with_stand_ins(line, console.encoding)
    if console.is_terminal and not whole:
        line.truncate(console.width, overflow="ellipsis")
    console.print(line, no_wrap=True, overflow="ignore", crop=False)


def is_plain(console: Console) -> bool:
    """Whether nobody sees colours: neither a terminal nor a picture shows a line."""
    return not (console.is_terminal or console.record)


def table_width(console: Console) -> int:
    """Return the cells of a table: as wide as the screen, and ``UNCUT`` in a pipe.

    Who sets ``COLUMNS``, or gives a console a width, asks for a screen of that width.
    """
    measured = isinstance(console, _Console) and not os.environ.get("COLUMNS")
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
