"""How one exchange is shown, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.named_tuple import NamedTuple

from .clock import Clock, Times

if TYPE_CHECKING:
    from collections.abc import Sequence


class Setting(NamedTuple):
    """Where an exchange is shown, and how.

    Attributes:
        captures: The names of the captures, as they were given.
        first_ns: When the capture began.
        width: Cells of a line.
        times: What the times of tables say.
        options: Words that a next command needs as well, quoted for a shell; each
            begins with a blank.
        cut: Whether lines are cut there: nobody cuts what goes into a pipe.
        full: Whether payloads are shown whole, and all packets.
        raw: Whether frames are shown as they were sent.
        again: Whether the command that makes the call again is shown.
    """

    captures: Sequence[str]
    first_ns: int
    width: int
    times: Times = Times.RELATIVE
    options: str = ""
    cut: bool = True
    full: bool = False
    raw: bool = False
    again: bool = True

    def clock(self) -> Clock:
        """Return what says the times of a table."""
        return Clock(self.first_ns, self.times)

    def moment(self, time_ns: int) -> str:
        """Return a time that stands alone: no row above it is one to count from."""
        relative = self.times in {Times.RELATIVE, Times.DELTA}
        times = Times.RELATIVE if relative else self.times
        return Clock(self.first_ns, times).text(time_ns) + " s" * relative
