"""What views are printed on: rich's console, which is loaded where one is needed.

A report in a pipe has no colours, and its lines are written as they are: to load rich
takes as long as to inspect a small capture. What views ask before that, such as the
width, is answered here as rich does.
"""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING, Any

from protocol.on_demand import on_demand

if TYPE_CHECKING:
    from typing import TextIO

    from rich.console import Console

    from .console import RoleConsole
else:  # decision 179
    RoleConsole = on_demand("inspector.views.console:RoleConsole")

_DUMB = {"dumb", "unknown"}
"""Terminals that move no cursor and know no colours."""
_USUAL = 80, 25
"""Columns and lines of a terminal whose size is not known."""


class Screen:
    """What stands for a console, and has all that a console has.

    Args:
        file: Where it writes.
        terminal: Whether that is a terminal; None if the file and the environment say.
    """

    def __init__(self, file: TextIO, terminal: bool | None = None) -> None:  # noqa: FBT001 — as the console
        self.file = file
        self._terminal = terminal
        self._recorded = False

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 — what the console has
        return getattr(self.console, name)

    @cached_property
    def console(self) -> Console:
        """The console itself."""
        return RoleConsole(self.file, self._terminal)

    @property
    def record(self) -> bool:
        """Whether what is printed is kept, for a picture."""
        return self._recorded

    @record.setter
    def record(self, recorded: bool) -> None:
        self._recorded = recorded
        if recorded:
            self.console.record = True

    @property
    def encoding(self) -> str:
        """The encoding of the file."""
        return (getattr(self.file, "encoding", None) or "utf-8").lower()

    @cached_property
    def is_terminal(self) -> bool:
        """Whether it is a terminal, or is to be taken for one."""
        if self._terminal is not None:
            return self._terminal
        compatible = os.environ.get("TTY_COMPATIBLE")
        if compatible in {"0", "1"}:
            return compatible == "1"
        forced = os.environ.get("FORCE_COLOR")  # https://force-color.org
        return self.file.isatty() if forced is None else bool(forced)

    @property
    def is_dumb_terminal(self) -> bool:
        """Whether it is a terminal that moves no cursor."""
        return self.is_terminal and os.environ.get("TERM", "").lower() in _DUMB

    @property
    def size(self) -> tuple[int, int]:
        """Its columns and lines: as asked for, else those of the terminal around."""
        width, height = _asked_for("COLUMNS"), _asked_for("LINES")
        if width and height:
            return width, height
        if self.is_dumb_terminal:
            return _USUAL
        measured = _measured()
        return width or measured[0], height or measured[1]

    @property
    def width(self) -> int:
        """Its columns."""
        return self.size[0]

    @property
    def height(self) -> int:
        """Its lines."""
        return self.size[1]


def _asked_for(variable: str) -> int:
    """Return the figure that a variable of the environment has, or 0."""
    figure = os.environ.get(variable, "")
    return int(figure) if figure.isdigit() else 0


def _measured() -> tuple[int, int]:
    """Return the size of the first terminal of stdin, stdout and stderr."""
    for descriptor in (0, 1, 2):
        try:
            width, height = os.get_terminal_size(descriptor)
        except OSError:  # it is none
            continue
        return width or _USUAL[0], height or _USUAL[1]
    return _USUAL
