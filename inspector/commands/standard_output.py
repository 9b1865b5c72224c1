"""What a format writes to, and what a view showed there, as a picture."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.errors import InspectorError, UnwritableOutputError
from inspector.sources.files import STDIN
from inspector.views.rendering import safe_lines
from inspector.views.theme import make_console

from .paths import exists

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import Console

    from inspector.tls.keylog import KeyLog


def check_writable(option: str, file: str) -> None:
    """Make sure that a file can be written, before captures are read for long.

    The file is neither made nor emptied: the run may still fail.

    Raises:
        InspectorError: It is ``-``: stdout has what the command writes.
        UnwritableOutputError: It is a folder, its folder is missing, or may not be
            written to.
    """
    check_named(option, file)
    number = _problem_of(Path(file))
    if number:
        error = OSError(number, os.strerror(number))
        raise UnwritableOutputError.of(f"{option}: {file}", error)


def check_named(option: str, file: str) -> None:
    """Make sure that a file is named, and not stdout, which has the view.

    Raises:
        InspectorError: It is ``-``.
    """
    if file == STDIN:
        problem = f"{file} is not a file; stdout has the view (./{file} is a file)"
        raise InspectorError(option, problem)


def check_no_input(
    option: str,
    file: str,
    captures: Sequence[str],
    keylog: KeyLog | None = None,
) -> None:
    """Make sure that a file is neither a capture nor a key log of the run.

    Raises:
        InspectorError: It is.
    """
    if not exists(file):
        return
    if any(_is_same(file, name) for name in captures):
        raise InspectorError(option, f"{file} is the capture itself")
    logs = () if keylog is None else keylog.names
    if any(_is_same(file, name) for name in logs):
        raise InspectorError(option, f"{file} is the key log itself")


def _is_same(file: str, name: str) -> bool:
    """Whether a name is that of a file; of stdin, whether it is read from there."""
    if name == STDIN:
        try:
            return os.path.samestat(Path(file).stat(), os.fstat(sys.stdin.fileno()))
        except (AttributeError, OSError, ValueError):  # there is none
            return False
    return exists(name) and Path(file).samefile(name)


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
        self._plot: Callable[[str], str] | None = None

    def write(self, data: bytes) -> None:
        """Write bytes to stdout; a terminal obeys nothing that is in them."""
        if self._terminal:
            data = safe_lines(data)
        sys.stdout.buffer.write(data)

    def screen(self, *, endless: bool = False) -> Console:
        """Return the console of a view.

        Args:
            endless: Whether it goes on for as long as it likes: of such a view, a
                picture has only what is shown once the console records.
        """
        self._console = make_console()
        self._console.record = self._recorded and not endless
        return self._console

    def plot(self, draw: Callable[[str], str]) -> None:
        """Let a view have a picture of its own."""
        self._plot = draw

    def picture(self) -> str | None:
        """Return what was shown as SVG; None if nothing was."""
        console = self._console
        if console is None or not console.record:
            return None
        if self._plot is not None:
            return self._plot(self._title)
        from inspector.views.picture import draw  # noqa: PLC0415 — for pictures alone

        return draw(console.export_text(styles=True), self._title, console.width)


def _title(command: str, captures: Sequence[str]) -> str:
    """Return the command as it is typed, without where files are."""
    words = [] if command == "report" else [command]
    return " ".join(
        ["protocol-inspect", *words, *(Path(each).name for each in captures)]
    )
