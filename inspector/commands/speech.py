"""Words for people, on stderr: data goes to stdout, and only data."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

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
    # Most runs say nothing.
    from rich.text import Text  # noqa: PLC0415

    from inspector.views.rendering import safe  # noqa: PLC0415
    from inspector.views.theme import make_console  # noqa: PLC0415

    console = make_console(sys.stderr)
    text = Text.assemble((f"{PROGRAM}:", style), f" {safe(sentence)}")
    if console.is_terminal:
        lines = text.wrap(console, console.width - _INDENT)
        text = Text("\n" + " " * _INDENT).join(lines)
    try:
        console.print(text, soft_wrap=True)
    except BrokenPipeError:
        # Who closes stderr wants no words, and still the exit code of what they say.
        abandon(sys.stderr)


def abandon(stream: TextIO) -> None:
    """Keep Python from flushing, at its end, what nobody can take: that is code 120."""
    with suppress(OSError):  # it may be no file at all
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def open_streams() -> None:
    """Open the standard streams that are closed, for which few ever need the code."""
    if None in {sys.stdin, sys.stdout, sys.stderr}:
        from protocol.standard_streams import open_standard_streams  # noqa: PLC0415

        open_standard_streams()
