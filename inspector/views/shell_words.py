"""Names of captures as a person types them in a shell, so that a command runs."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from inspector.sources.files import STDIN

from .rendering import safe

if TYPE_CHECKING:
    from collections.abc import Sequence


def shell_names(captures: Sequence[str]) -> str:
    """Return the paths of captures as they were given, quoted for a shell.

    A name that begins with a dash would be taken for an option.
    """
    return " ".join(shell_word(_no_option(name)) for name in captures)


def shell_word(word: str) -> str:
    """Return a word quoted for a shell; a terminal obeys nothing that is in it."""
    return safe(quote(word))


def _no_option(name: str) -> str:
    return f"./{name}" if name.startswith("-") and name != STDIN else name
