"""Several bars on stderr, one for each thing that goes on, under one for all."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from inspector.words import size
from protocol.named_tuple import NamedTuple

from .progress import INTERVAL, PATIENCE
from .rendering import safe
from .theme import console_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType
    from typing import Self

    from rich.console import Console
    from rich.live import Live
    from rich.table import Table

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
        self._shown: Live | None = None

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
        room = min(MOST, self._console.height - _LEFT - 1)
        table = _table([all_of_it, *going_on[: max(room, 0)]])
        if self._shown is None:
            self._shown = _live(self._console, table)
            self._shown.start(refresh=True)
        else:
            self._shown.update(table, refresh=True)


def _live(console: Console, table: Table) -> Live:
    """Return what shows a table, again and again at one place."""
    from rich.live import Live  # noqa: PLC0415 — takes longer than a small capture

    screen = console_of(console)
    return Live(table, console=screen, auto_refresh=False, transient=True)


def _table(bars: Sequence[Bar]) -> Table:
    from rich.progress_bar import ProgressBar  # noqa: PLC0415 — see above
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table.grid(padding=(0, 1), expand=True)
    table.add_column(width=_NAME_WIDTH, no_wrap=True)
    table.add_column(ratio=1)
    table.add_column(no_wrap=True, justify="right")
    for bar in bars:
        known = max(bar.total, 1)
        shown = ProgressBar(known, min(bar.done, known) if bar.total else 0)
        of = f" of {size(bar.total)}" if bar.total else ""
        table.add_row(Text(_short(bar.name)), shown, Text(f"{size(bar.done)}{of}"))
    return table


def _short(name: str) -> str:
    text = safe(name)
    return text if len(text) <= _NAME_WIDTH else f"{text[: _NAME_WIDTH - 1]}…"
