"""What a browser can do besides: read again, write, name commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.views.shell_words import program, shell_names, shell_word
from protocol.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from .asking import Asked
    from .looking import Looking


_PAGES = (".html", ".htm")


def is_page(file: str) -> bool:
    """Whether a file of that name is written as a page, and not as a capture."""
    return file.lower().endswith(_PAGES)


class Desk(NamedTuple):
    """What is at hand.

    Attributes:
        captures: Names of the files that are browsed; none of live traffic.
        options: Words that other commands need as well, quoted for a shell; each
            begins with a blank.
        hidden: Whether secrets are hidden in all that is shown.
        looking: Reads the captures again; None where they cannot be.
        write: Writes exchanges to a file, their packets or a page by what
            :func:`is_page` says, with or without secrets, and returns what is to be
            said of it. Of live traffic there are no packets, but pages. None where
            nothing can be written.
    """

    captures: Sequence[str] = ()
    options: str = ""
    hidden: bool = False
    looking: Looking | None = None
    write: Callable[[str, Collection[int], bool], str] | None = None

    def command(self, asked: Asked, number: int | None) -> str:
        """Return the command that lists what a filter chooses.

        Args:
            asked: What it asks for.
            number: The exchange that is listed if it asks for nothing.
        """
        words = [program(), "exchanges", shell_names(self.captures) + self.options]
        for word in asked.words:
            numbered = word.number is not None
            words.append(
                f"--where 'number == {word.number}'"
                if numbered
                else f"--grep {shell_word(word.text)}"
            )
        if asked.selection is not None:
            words += asked.selection.words
            words[-1] = words[-1].replace(asked.selection.option, "--where", 1)
        if asked.everything and number is not None:
            words.append(f"--where 'number == {number}'")
        return " ".join(words)
