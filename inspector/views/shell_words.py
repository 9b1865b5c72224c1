"""The program and its captures as a person types them in a shell: commands run."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from inspector.sources.files import STDIN

from .rendering import safe

if TYPE_CHECKING:
    from collections.abc import Sequence


_PROGRAM = "protocol-inspect"
SAVE_IT = "save the capture to a file"
"""What to do before a command can read again what came through a pipe."""


def program() -> str:
    """Return the program as it was called, quoted for a shell.

    It has its name alone where a shell finds that very file by it.
    """
    called = Path(sys.argv[0])
    if called.stem != _PROGRAM:  # as a module, or by another program
        return _PROGRAM
    return _PROGRAM if _is_found_by_name(called) else shell_word(sys.argv[0])


def _is_found_by_name(called: Path) -> bool:
    """Whether a shell finds that very file by its name.

    shutil does this too, but loads three libraries for archives with it.
    """
    files = (Path(folder) / called.name for folder in os.get_exec_path())
    runnable = (file for file in files if file.is_file() and os.access(file, os.X_OK))
    found = next(runnable, None)
    return found is not None and called.exists() and called.samefile(found)


def from_pipe(captures: Sequence[str]) -> bool:
    """Whether one of the captures came through a pipe: nobody can read it again."""
    return STDIN in captures


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
