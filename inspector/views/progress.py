"""A bar on stderr while a long capture is read."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from .theme import console_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

    from rich.console import Console
    from rich.progress import Progress

PATIENCE = 1.0
"""Seconds after which a person wants to know how long it will take."""
INTERVAL = 0.1
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
        self._bar: Progress | None = None
        self._enabled = console.is_terminal
        self._console, self._total = console, total
        self._clock = clock
        self._due = clock() + PATIENCE

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _place: TracebackType | None,
    ) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
        self._enabled, self._bar = False, None

    def update(self, done: int) -> None:
        """Show how many bytes were read, not more often than one can see."""
        now = self._clock()
        if not self._enabled or now < self._due:
            return
        self._due = now + INTERVAL
        if self._bar is None:
            self._bar = _bar(self._console, self._total)
            self._bar.start()
        self._bar.update(self._bar.task_ids[0], completed=done, refresh=True)


def _bar(console: Console, total: int | None) -> Progress:
    """Return a bar, whose parts take longer to load than a small capture to be read."""
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        DownloadColumn,
        Progress,
        TimeRemainingColumn,
    )

    bar = Progress(
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
        console=console_of(console),
        auto_refresh=False,
        transient=True,
    )
    bar.add_task("", total=total)
    return bar
