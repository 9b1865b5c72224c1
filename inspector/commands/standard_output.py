"""What a format writes to, and ``--svg FILE``: what a view showed, as a picture."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.errors import InspectorError, UnwritableOutputError
from inspector.views.rendering import safe_lines
from inspector.views.theme import make_console

from .paths import exists

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console


def check_writable(option: str, file: str) -> None:
    """Make sure that a file can be written, before captures are read for long.

    The file is neither made nor emptied: the run may still fail.

    Raises:
        UnwritableOutputError: It is a folder, its folder is missing, or may not be
            written to.
    """
    problem = _problem_of(Path(file))
    if problem:
        error = OSError(problem, os.strerror(problem))
        raise UnwritableOutputError.of(f"{option}: {file}", error)


def check_no_capture(option: str, file: str, captures: Sequence[str]) -> None:
    """Make sure that a file is not one of the captures.

    Raises:
        InspectorError: It is.
    """
    for name in captures:
        if exists(file) and exists(name) and Path(file).samefile(name):
            raise InspectorError(option, f"{file} is the capture itself")


def _problem_of(path: Path) -> int:
    """Return why a file cannot be written, as an error number; 0 if it may be."""
    try:
        known = path if path.exists() else path.parent
        if path.is_dir():
            return errno.EISDIR
        known.stat()
    except OSError as error:  # a folder on the way may not be entered
        return error.errno or errno.EACCES
    return 0 if os.access(known, os.W_OK) else errno.EACCES


class StandardOutput:
    """Where a format writes; what a view shows there can be saved as a picture.

    Args:
        command: The command that writes.
        captures: The captures that it reads.
        recorded: Whether it will be saved.
    """

    def __init__(
        self, command: str, captures: Sequence[str], *, recorded: bool = False
    ) -> None:
        self._recorded = recorded
        self._terminal = sys.stdout.isatty()
        self._title = _title(command, captures)
        self._console: Console | None = None

    def write(self, data: bytes) -> None:
        """Write bytes to stdout; a terminal obeys nothing that is in them."""
        if self._terminal:
            data = safe_lines(data)
        sys.stdout.buffer.write(data)

    def screen(self) -> Console:
        """Return the console of a view."""
        self._console = make_console()
        self._console.record = self._recorded
        return self._console

    def save(self, file: str) -> None:
        """Save what was shown.

        Raises:
            UnwritableOutputError: The file cannot be written.
        """
        console = self._console
        if console is None:  # nothing was shown
            return
        from inspector.views.picture import draw  # noqa: PLC0415 — for pictures alone

        picture = draw(console.export_text(styles=True), self._title, console.width)
        try:
            Path(file).write_text(picture, encoding="utf-8")
        except OSError as error:
            raise UnwritableOutputError.of(f"--svg: {file}", error) from None


def _title(command: str, captures: Sequence[str]) -> str:
    """Return the command as it is typed, without where files are."""
    words = [] if command == "report" else [command]
    return " ".join(
        ["protocol-inspect", *words, *(Path(each).name for each in captures)]
    )
