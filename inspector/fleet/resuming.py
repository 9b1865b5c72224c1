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
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from inspector.calls.exchanges import Exchange
    from inspector.calls.matching import ExchangeItem
    from inspector.figures.report import Report
    from inspector.figures.traffic import Traffic
    from inspector.pipeline import Options
    from inspector.sources.records import PacketRecord
    from inspector.streams.items import StreamItem
    from inspector.tls.keylog import KeyLog


class ResumablePipeline(Pipeline):
    """One pass over a source whose records come in parts.

    Args:
        options: What is asked of it: everything, so that neither exchanges nor
            findings alone are meant.
        chains: Whether it is sought which calls others cause.
        secrets: Key logs of TLS that captures hold, if there is a key log.
        exchanges: Whether each exchange is wanted, and not only the figures.

    Attributes:
        found: The findings, by who speaks where they show.
        secrets: The same; those of files that are yet to be read are added to it.
    """

    def __init__(
        self,
        options: Options,
        *,
        chains: bool = True,
        secrets: Sequence[bytes] = (),
        exchanges: bool = False,
    ) -> None:
        super().__init__(options)
        self.secrets = list(secrets)
        if options.keylog is not None:
            options.keylog.follow(self.secrets)
        if not chains:
            self._chaining = Chaining(self._report, self._calls, 0)
        self._connections = self._scoped = ScopedConnections()
        self.found = ScopedFindings()
        selective = self._report.selective = options.where is not None
        counted = not (selective or exchanges or self._detective.always)
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

    @property
    def traffic(self) -> Traffic:
        """Who asks whom for what, by which exchanges are counted."""
        return self._report.traffic

    def go_on(self, keylog: KeyLog | None) -> None:
        """Go on with a state that was kept, which knows no key log but its own.

        Args:
            keylog: That of the run.
        """
        own = self._options.keylog
        if own is not None:
            if keylog is not None:
                own.adopt(keylog)
            own.follow(self.secrets)

    def read(
        self,
        records: Iterable[PacketRecord],
        hear: Callable[[Exchange], None] | None = None,
    ) -> None:
        """Take in the next records, one by one or in batches.

        Args:
            records: The records.
            hear: Is given the exchanges that are over with them.
        """
        if self._decryption is None:
            found = self._scanned.match(records)
        else:
            segments = self._segments.decode(records)
            found = self._decrypted(self._reassembler.reassemble(segments))
        self._take(self._tell(found), hear)

    def finish(self, hear: Callable[[Exchange], None] | None = None) -> Report:
        """Learn that there are no more records; return the figures.

        Args:
            hear: Is given the exchanges that are over now.
        """
        end = self._end()
        concealed = self._decryption is not None
        found = self._decrypted(end) if concealed else self._express.pair(end)
        self._take(self._tell(found), hear)
        self._chaining.finish()
        return self.report()

    def _decrypted(self, items: Iterable[StreamItem]) -> Iterator[ExchangeItem]:
        """Yield what the items of streams show, those of TLS without it."""
        assert self._decryption is not None
        return self._calls.match(self._observer.observe(self._decryption.read(items)))

    def _take(
        self,
        items: Iterable[Exchange | Finding],
        hear: Callable[[Exchange], None] | None,
    ) -> None:
        for item in items:
            if isinstance(item, Finding):
                self.found.add(item)
            elif hear is not None:
                hear(item)
