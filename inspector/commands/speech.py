"""Words for people, on stderr: data goes to stdout, and only data."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from inspector.views.theme import THEME
from inspector.views.values import safe

PROGRAM = "protocol-inspect"
COMPLETION = "_PROTOCOL_INSPECT_COMPLETE"
"""The variable in which a shell asks for completions, as click names it."""
_INDENT = 2


def say(sentence: str, style: str) -> None:
    """Write one line to stderr; on a terminal it folds at a blank, indented.

    Args:
        sentence: What to say; bytes that would move a cursor are made harmless.
        style: A role of the theme: ``error`` or ``warning``.
    """
    console = Console(stderr=True, theme=THEME, highlight=False, soft_wrap=True)
    text = Text.assemble((f"{PROGRAM}:", style), f" {safe(sentence)}")
    if console.is_terminal:
        lines = text.wrap(console, console.width - _INDENT)
        text = Text("\n" + " " * _INDENT).join(lines)
    console.print(text)
