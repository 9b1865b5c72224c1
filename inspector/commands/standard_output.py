"""What a format writes to, and ``--svg FILE``: a view saved by rich's own export."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rich.terminal_theme import TerminalTheme

from inspector.errors import UnwritableOutputError
from inspector.views.rendering import safe_lines
from inspector.views.theme import make_console

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

_SHADES = TerminalTheme(
    (24, 25, 30),
    (222, 226, 230),
    [
        (24, 25, 30), (240, 98, 98), (128, 200, 120), (230, 180, 80),
        (104, 160, 240), (208, 140, 224), (90, 196, 210), (222, 226, 230),
    ],
)  # fmt: skip
"""What the colour names of the terminal look like in a picture."""

# The fonts are those of the reader: a picture must not fetch anything.
# decision 54: Pictures bring no fonts
_FORMAT = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font: {char_height}px monospace; white-space: pre }}
.{unique_id}-title {{ font: 18px sans-serif }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})"
   clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix" xml:space="preserve">
{matrix}
</g>
</g>
</svg>
"""


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
        picture = console.export_svg(
            title=self._title, theme=_SHADES, code_format=_FORMAT, unique_id="view"
        )
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
