"""How one exchange is shown, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class Setting(NamedTuple):
    """Where an exchange is shown, and how.

    Attributes:
        captures: The names of the captures, as they were given.
        first_ns: When the capture began.
        width: Cells of a line.
        cut: Whether lines are cut there: nobody cuts what goes into a pipe.
        full: Whether payloads are shown whole, and all packets.
        raw: Whether frames are shown as they were sent.
    """

    captures: Sequence[str]
    first_ns: int
    width: int
    cut: bool = True
    full: bool = False
    raw: bool = False
