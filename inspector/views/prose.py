"""Sentences in lines, wrapped at blanks after a margin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .cells import cell_len
from .text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator


def wrapped(text: Text, width: int, margin: int, hanging: int = 0) -> Iterator[Text]:
    """Wrap a sentence at blanks, after a margin.

    Args:
        text: The sentence.
        width: Cells of a line, the margin included.
        margin: Blanks before each line.
        hanging: Blanks besides, before each line but the first.
    """
    words, line, room = text.split(" "), Text(), width - margin
    indent = 0
    for word in words:
        if line and cell_len(line.plain) + 1 + cell_len(word.plain) > room - indent:
            yield Text(" " * (margin + indent)) + line
            line, indent = Text(), hanging
        line = word if not line.plain and not line else line + Text(" ") + word
    yield Text(" " * (margin + indent)) + line
