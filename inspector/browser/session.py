"""What is browsed: the exchanges, what was found about them, and the report."""

from __future__ import annotations

from collections import deque
from threading import Event, RLock, Thread
from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange
from inspector.findings.finding import Severity
from inspector.library.given import Captures
from inspector.library.passes import Pass
from inspector.sources.files import size_of
from inspector.sources.reading import Reading
from inspector.views.clock import Times
from inspector.views.concerns import concerns

from .ordering import SORTED_BY
from .plain_rows import PlainRows
from .store import NOTED, Store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.errors import InspectorError
    from inspector.figures.report import Report
    from inspector.findings.finding import Finding
    from inspector.pipeline import Options
    from inspector.views.text import Text

_MOST_FINDINGS = 20_000
"""Findings that are kept to be shown with their exchanges, the latest."""


class Session:
    """Exchanges that are listed while more may come.

    Args:
        title: What is browsed, in a word or two.
        store: Where exchanges are kept.
        times: What the times of tables say.

    Attributes:
        title: The same.
        store: The same.
        times: The same.
        report: The figures; None while they are not known.
        first_ns: When the capture began.
        done: Whether no more comes.
        live: Whether traffic is listed as it passes.
        problems: What could not be read, or only in part.
        notice: What has happened to the source; empty for nothing.
        carriers: What the exchanges are carried by.
        lock: Held by whoever reads the report or the findings, or adds to them.
        heading: What was last said of the source, and beside it; None for what the
            report says.
    """

    live = False

    def __init__(self, title: str, store: Store, times: Times = Times.RELATIVE) -> None:
        self.title, self.store, self.times = title, store, times
        self.report: Report | None = None
        self.first_ns = 0
        self.done = False
        self.problems: Sequence[InspectorError] = ()
        self.notice = ""
        self.lock = RLock()
        self.heading: tuple[Text, Text] | None = None
        self.carriers: set[str] = set()
        self._findings: dict[int, list[Finding]] = {}
        self._general: deque[Finding] = deque()
        self._latest: deque[Finding] = deque()  # all that are kept

    def take(self, item: Exchange | Finding) -> None:
        """Keep what was found."""
        if isinstance(item, Exchange):
            if not self.first_ns:
                self.first_ns = item.connection.capture_ns
            self.carriers.add(item.carrier)
            self.store.add(item)
        else:
            with self.lock:
                self._note(item)
                while len(self._latest) > _MOST_FINDINGS:
                    self._forget(self._latest.popleft())

    def findings(self, exchange: Exchange) -> list[Finding]:
        """Return what was found about an exchange, the worst first."""
        with self.lock:
            own = list(self._findings.get(exchange.number, []))
            general = [each for each in self._general if concerns(each, exchange)]
        severities = list(Severity)
        return sorted(
            {id(each): each for each in [*own, *general]}.values(),
            key=lambda each: severities.index(each.severity),
        )

    def _note(self, finding: Finding) -> None:
        self._latest.append(finding)
        if finding.exchange is not None:
            self._findings.setdefault(finding.exchange, []).append(finding)
            if finding.severity is not Severity.NOTE:
                self.store.mark(finding.exchange, NOTED)
        if finding.conclusion is not None or finding.others is not None:
            self._general.append(finding)

    def _forget(self, oldest: Finding) -> None:
        """Forget the finding that came first: it is the first wherever it is kept."""
        if oldest.exchange is not None:
            own = self._findings[oldest.exchange]
            del own[0]
            if not own:
                del self._findings[oldest.exchange]
        if self._general and self._general[0] is oldest:
            self._general.popleft()


class CaptureSession(Session):
    """The exchanges of capture files, which are read while one looks.

    Args:
        captures: Names of files.
        options: What is asked of the inspection.
        title: What is browsed, in a word or two.
        times: What the times of tables say.
    """

    def __init__(
        self,
        captures: Sequence[str],
        options: Options,
        title: str,
        times: Times = Times.RELATIVE,
    ) -> None:
        super().__init__(title, Store(options.names), times)
        self._reading = Reading()
        self._pass = Pass(Captures(captures), options)
        self._size = size_of(captures) or 0
        self._thread = Thread(target=self._read, daemon=True)
        self._whole = Event()  # once all was read
        self._error: BaseException | None = None

    @property
    def fraction(self) -> float:
        """How much of the files was read, from 0 to 1."""
        return min(self._reading.bytes_read / self._size, 1) if self._size else 0

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until all was read, or for some time; return whether it was."""
        self._whole.wait(seconds)
        self.check()
        return self.done

    def join(self) -> None:
        """Wait until all is sorted, too."""
        self._thread.join()

    def check(self) -> None:
        """Raise what has ended the reading, if anything has."""
        if self._error is not None:
            raise self._error

    def stop(self) -> None:
        """Read no more."""
        self._reading.stopped = True
        self._thread.join()
        self.store.close()

    def _sort_ahead(self) -> None:
        """Sort by all that one may sort by, so that nobody waits for it."""
        for key in SORTED_BY:
            if not self._reading.stopped:
                self.store.order(key)

    def _read(self) -> None:
        try:
            for item in self._pass.items(self._reading, keeper=PlainRows(self.store)):
                self.take(item)
            self.store.flush()
            report = self._pass.report()
            self.first_ns = report.first_ns or 0
            self.problems = tuple(self._pass.problems)
            self.report = report
            self._end()
            self._sort_ahead()
        except BaseException as error:  # noqa: BLE001 — raised where one waits for it
            self._error = error
        finally:
            self._end()

    def _end(self) -> None:
        self.done = True
        self._whole.set()
