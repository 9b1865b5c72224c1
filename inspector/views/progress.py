"""A bar on stderr while a long capture is read."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

    from rich.console import Console

_PATIENCE = 1.0
"""Seconds after which a person wants to know how long it will take."""
_INTERVAL = 0.1
"""Seconds between two pictures."""


class ProgressBar:
    """A bar that appears when reading takes longer than a second.

    Args:
        console: Where it is shown; on no terminal it never is.
        total: Bytes to read; None when nobody knows, as of a pipe.
        clock: The time in seconds.
    """

    def __init__(
        self,
        console: Console,
        total: int | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._shown = False
        self._enabled = console.is_terminal
        self._clock = clock
        self._due = clock() + _PATIENCE
        self._bar = Progress(
            BarColumn(),
            DownloadColumn(),
            TimeRemainingColumn(),
            console=console,
            auto_refresh=False,
            transient=True,
        )
        self._task = self._bar.add_task("", total=total)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _place: TracebackType | None,
    ) -> None:
        """Take the bar away."""
        if self._shown:
            self._bar.stop()
        self._enabled = self._shown = False

    def update(self, done: int) -> None:
        """Show how many bytes were read, not more often than one can see."""
        now = self._clock()
        if not self._enabled or now < self._due:
            return
        self._due = now + _INTERVAL
        if not self._shown:
            self._bar.start()
            self._shown = True
        self._bar.update(self._task, completed=done, refresh=True)
