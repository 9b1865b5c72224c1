"""The inspection of a source, file by file: what one file leaves open the next ends.

::

    file 1 ─► batches ─► exchanges, findings ─► figures      the state between two
    file 2 ─►                                                 files can be kept
    end    ─► what is open is over
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.express.batches import ScannedPackets
from inspector.express.chunks import ExpressWay
from inspector.figures.chaining import Chaining
from inspector.findings.finding import Finding
from inspector.pipeline import Pipeline

from .scopes import ScopedConnections, ScopedFindings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inspector.calls.exchanges import Exchange
    from inspector.figures.report import Report
    from inspector.pipeline import Options
    from inspector.sources.records import PacketRecord


class ResumablePipeline(Pipeline):
    """One pass over a source whose records come in parts.

    Args:
        options: What is asked of it: everything, so that neither exchanges nor
            findings alone are meant.
        chains: Whether it is sought which calls others cause.

    Attributes:
        found: The findings, by who speaks where they show.
    """

    def __init__(self, options: Options, *, chains: bool = True) -> None:
        super().__init__(options)
        if not chains:
            self._chaining = Chaining(self._report, self._calls, 0)
        self._connections = self._scoped = ScopedConnections()
        self.found = ScopedFindings()
        counted = not self._detective.always
        unread = counted and options.conceal is None
        self._express = ExpressWay(
            self._observer,
            self._calls,
            self._plain() if unread else None,
            self._passages if counted else None,
            self._unary if unread else None,
        )
        self._chaining.counting = self._express
        self._scanned = ScannedPackets(
            self._segments, self._reassembler, self._interest.passed_over, self._express
        )

    @property
    def records(self) -> int:
        """How many records were read."""
        return self._segments.records

    @property
    def connections(self) -> ScopedConnections:
        """The connections, by who speaks on them."""
        return self._scoped

    def read(self, records: Iterable[PacketRecord]) -> None:
        """Take in the next records, one by one or in batches."""
        self._take(self._tell(self._scanned.match(records)))

    def finish(self) -> Report:
        """Learn that there are no more records; return the figures."""
        self._take(self._tell(self._express.pair(self._end())))
        self._chaining.finish()
        return self.report()

    def _take(self, items: Iterable[Exchange | Finding]) -> None:
        for item in items:
            if isinstance(item, Finding):
                self.found.add(item)
