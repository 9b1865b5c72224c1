"""A dry run: what would be sent, when, and why the rest would not, by route."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol import duration, escape_controls

from .figures import MOST_ROUTES, OTHERS, Figures
from .words import counted, refusals, row_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from servers.recorded.recordings import Recording

    from .choosing import Reason

_HEADS = ("send", "first", "last", "pattern")
_WIDTHS = (7, 12, 12)
_NAMED = 20  # patterns that are not sent, of each reason


class _Row:
    """How many recordings of a route would be sent, and when, in seconds."""

    def __init__(self, first_s: float) -> None:
        self.count, self.first_s, self.last_s = 0, first_s, first_s


class Preview:
    """What would come of a run, in memory that is bounded by the routes.

    Attributes:
        count: How many would be sent.
        figures: What would not.
    """

    def __init__(self) -> None:
        self.count = 0
        self.figures = Figures()
        self._rows: dict[str, _Row] = {}
        self._last_s = 0.0

    def skip(self) -> None:
        """Count a recording that the filters leave out."""
        self.figures.skipped += 1

    def refuse(self, recording: Recording, reason: Reason) -> None:
        """Count a recording that would not be sent."""
        self.figures.refuse(reason, recording.route)

    def add(self, recording: Recording, due_s: float) -> None:
        """Count a recording that would be sent, so many seconds after the first."""
        route = recording.route
        if route not in self._rows and len(self._rows) >= MOST_ROUTES:
            route = OTHERS
        row = self._rows.setdefault(route, _Row(due_s))
        row.count += 1
        row.last_s = self._last_s = due_s
        self.count += 1

    def report(self, target: str, columns: int | None) -> Iterator[str]:
        """Yield the lines of the report.

        Args:
            target: The service, as it is shown.
            columns: Those of the terminal; None for lines of any length.
        """
        yield self._first_line(target)
        if self._rows:
            yield ""
            yield from self._table(columns)
        remarks = list(refusals(self.figures, columns, _NAMED))
        if remarks:
            yield ""
        yield from remarks

    def _first_line(self, target: str) -> str:
        words = f"{counted(self.count, 'exchange')} would be sent to {target}"
        if self._last_s:
            words += f" in {_spelled(self._last_s)}"
        return escape_controls(words)

    def _table(self, columns: int | None) -> Iterator[str]:
        yield row_line(_HEADS, _WIDTHS, None)
        rows = sorted(self._rows.items(), key=lambda each: -each[1].count)
        for route, row in rows:
            times = (f"+{_spelled(each)}" for each in (row.first_s, row.last_s))
            cells = (f"{row.count:,}", *times, escape_controls(route))
            yield row_line(cells, _WIDTHS, columns)


def _spelled(seconds: float) -> str:
    return duration(round(seconds * 1e9))
