"""An inspection whose report becomes a page besides: ``--html FILE``."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.errors import UnwritableOutputError
from inspector.page.data import Origin, page_data
from inspector.page.document import check_engine, document
from inspector.page.gathering import Gathering
from inspector.views.report_view import shown_name

from .run import Run
from .standard_output import check_no_input, check_writable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.calls.exchanges import Exchange
    from inspector.findings.finding import Finding
    from inspector.journal import Journal

    from .choice_options import Choice
    from .run_options import RunOptions


class PagedRun(Run):
    """The inspection of some captures, of which a page is made.

    Args:
        options: What was asked for.
        file: Where the page is written.

    Raises:
        InspectorError: The extra ``html`` is not installed, or the file is read.
        UnwritableOutputError: The file cannot be written.
    """

    def __init__(self, options: RunOptions, file: str) -> None:
        check_engine()
        check_no_input("--html", file, options.captures, options.keylog)
        check_writable("--html", file)
        self._file = file
        self._redacted = options.redaction is not None
        self._described = bool(options.described)
        self._journal: Journal = options.journal(beginnings=False)
        self._gathered = Gathering()
        super().__init__(options, [self._journal])

    def items(
        self, *, quiet: bool = False, written: Choice | None = None
    ) -> Iterator[Exchange | Finding]:
        """Yield what the captures hold, and gather it with its packets."""
        passed: deque[Exchange | Finding] = deque()
        items = self._noted(super().items(quiet=quiet, written=written), passed)
        for packet in self._journal.read(items):
            self._gathered.add_packet(packet)
            while passed:
                yield passed.popleft()
        yield from passed
        self._gathered.finish()

    def _noted(
        self, items: Iterator[Exchange | Finding], passed: deque[Exchange | Finding]
    ) -> Iterator[Exchange | Finding]:
        for item in items:
            self._gathered.add(item)
            passed.append(item)
            yield item

    def read(self) -> None:
        """Read the captures for the report alone, and gather what the page has."""
        deque(self.items(quiet=True), maxlen=0)

    def finish(self) -> None:
        """Write the page, and end as every run does.

        Raises:
            SystemExit: As that of every run.
            UnwritableOutputError: The page cannot be written.
        """
        report, problems = self.report(), self._problems()
        if report.packet_records or not self._pass.problems:
            origin = Origin(
                self.captures,
                self.repeated,
                redacted=self._redacted,
                problems=problems,
                file=self._file,
                described=self._described,
            )
            self._write(document(page_data(report, self._gathered, origin)))
        super().finish()

    def _problems(self) -> list[str]:
        """Return what is to be said of the captures, which have their names alone."""
        found = self.problems()
        for capture in sorted(self.captures, key=len, reverse=True):
            found = [each.replace(capture, shown_name(capture)) for each in found]
        return found

    def _write(self, page: str) -> None:
        try:
            Path(self._file).write_text(page, encoding="utf-8")
        except OSError as error:
            raise UnwritableOutputError.of(f"--html: {self._file}", error) from None
