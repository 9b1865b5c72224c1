"""Several bars on stderr, one for each thing that goes on, under one for all."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from protocol.named_tuple import NamedTuple

from .progress import INTERVAL, PATIENCE
from .rendering import safe
from .theme import console_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType
    from typing import Self

    from rich.console import Console
    from rich.progress import Progress

MOST = 12
"""Bars for what goes on, at most …"""
_LEFT = 4
"""… and lines of the screen that are left."""
_NAME_WIDTH = 32


class Bar(NamedTuple):
    """How far something is.

    Attributes:
        name: What it is.
        done: Bytes that were read …
        total: … and that are to be read; 0 where nobody knows.
    """

    name: str
    done: int
    total: int


class ProgressBars:
    """Bars that appear when something takes longer than a second.

    Args:
        console: Where they are shown; on no terminal they never are.
        clock: The time in seconds.
    """

    def __init__(
        self, console: Console, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._console, self._clock = console, clock
        self.enabled = console.is_terminal
        self._due = clock() + PATIENCE
        self._shown: Progress | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _place: TracebackType | None,
    ) -> None:
        """Take the bars away."""
        if self._shown is not None:
            self._shown.stop()
        self.enabled, self._shown = False, None

    @property
    def is_due(self) -> bool:
        """Whether it is time for another picture."""
        return self.enabled and self._clock() >= self._due

    def show(self, all_of_it: Bar, going_on: Sequence[Bar]) -> None:
        """Show how far all is, and the first of those that go on, as many as fit."""
        self._due = self._clock() + INTERVAL
        if self._shown is None:
            self._shown = _progress(self._console)
            self._shown.start()
        shown, room = self._shown, min(MOST, self._console.height - _LEFT - 1)
        bars = [all_of_it, *going_on[: max(room, 0)]]
        for number in shown.task_ids[len(bars) :]:
            shown.remove_task(number)
        for _ in bars[len(shown.task_ids) :]:
            shown.add_task("")
        for number, bar in zip(shown.task_ids, bars, strict=True):
            shown.update(
                number,
                description=_short(bar.name),
                completed=bar.done,
                total=bar.total or None,
            )
        shown.refresh()


def _short(name: str) -> str:
    text = safe(name)
    return text if len(text) <= _NAME_WIDTH else f"{text[: _NAME_WIDTH - 1]}…"


def _progress(console: Console) -> Progress:
    """Return bars, whose parts take longer to load than a small capture to be read."""
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
    )
    from rich.table import Column  # noqa: PLC0415

    name = Column(width=_NAME_WIDTH, no_wrap=True)
    return Progress(
        TextColumn("{task.description}", markup=False, table_column=name),
        BarColumn(bar_width=None),
        DownloadColumn(),
        console=console_of(console),
        auto_refresh=False,
        transient=True,
    )
