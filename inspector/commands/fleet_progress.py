"""How far a run over a fleet is, source by source: bars at a terminal, by bytes."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

from inspector.fleet.following import INSPECT, JOIN, SPLIT, Watching
from inspector.fleet.stores import store_at
from inspector.views.progress_bars import Bar, ProgressBars
from inspector.views.theme import make_console

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType
    from typing import TextIO

    from inspector.fleet.following import Noted
    from inspector.fleet.sources import Source

_STEPS = {INSPECT: "reading", SPLIT: "parting", JOIN: "joining"}
_FAR = 5.0  # seconds between two looks where each is a request


class Progress:
    """Shows what workers say of their progress, in the folder of the run.

    Args:
        stream: Where it is shown; on no terminal it never is.
        folder: The folder, or its URL.
        sources: The sources.
        clock: The time in seconds.
    """

    def __init__(
        self,
        stream: TextIO,
        folder: str,
        sources: Sequence[Source],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        console = make_console(stream)
        self._bars = ProgressBars(console, clock)
        self._clock, self._looked = clock, float("-inf")
        self._count, self._total = len(sources), _size(sources)
        self._watching: Watching | None = None
        if console.is_terminal:
            store = store_at(folder)
            self._every = _FAR if store.far else 0.0
            self._watching = Watching(store)

    def look(self) -> None:
        """Show how far the workers are now."""
        now = self._clock()
        if self._watching is None or not self._bars.is_due:
            return
        if now - self._looked >= self._every:
            self._looked = now
            self._show(self._watching.look())

    def _show(self, noted: Sequence[Noted]) -> None:
        step = max((each.step for each in noted), default=INSPECT)
        found = [each for each in noted if each.step == step]
        over = sum(each.over for each in found)
        going_on = sorted(each for each in _bars(found))
        count = f" of {self._count:,} sources" if step != JOIN else " done"
        name = f"{step}/{JOIN} {_STEPS[step]}, {over:,}{count}"
        known = sum(each.total for each in found)
        total = known if step == JOIN else max(self._total, known)
        self._bars.show(Bar(name, sum(each.done for each in found), total), going_on)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        place: TracebackType | None,
    ) -> None:
        self._bars.__exit__(kind, error, place)


def _bars(noted: Sequence[Noted]) -> list[Bar]:
    """Return how far those are that are not done."""
    return [Bar(each.name, each.done, each.total) for each in noted if not each.over]


def _size(sources: Sequence[Source]) -> int:
    """Return the bytes of all files of this machine."""
    paths = (Path(file) for source in sources for file in source.files)
    return sum(path.stat().st_size for path in paths if path.is_file())
