"""The console of rich that knows our roles: for terminals, and for pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.theme import Theme

from .roles import ROLES

if TYPE_CHECKING:
    from typing import TextIO

THEME = Theme(ROLES)
"""Role → style."""


class RoleConsole(Console):
    """A console that leaves a closed pipe to the command: it is not a failure.

    Args:
        file: Where it writes.
        terminal: Whether that is a terminal; None if the file and the environment say.
    """

    def __init__(self, file: TextIO, terminal: bool | None = None) -> None:  # noqa: FBT001 — as rich has it
        super().__init__(
            file=file,
            theme=THEME,
            force_terminal=terminal,
            highlight=False,
            markup=False,
            emoji=False,
            soft_wrap=False,
        )

    def on_broken_pipe(self) -> None:
        """Raise what rich has caught; it would end the program with code 1."""
        raise BrokenPipeError
