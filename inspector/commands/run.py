"""One inspection on behalf of a command, from the files to the exit code."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from inspector.analysis.words import plural
from inspector.capture.files import STDIN, read_captures
from inspector.pipeline import Inspection
from inspector.views.report_view import reasons, shown_name

from .speech import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from inspector.analysis.exchanges import Exchange
    from inspector.analysis.findings import Finding
    from inspector.analysis.report import Report
    from inspector.errors import InspectorError


class Run:
    """The inspection of some captures.

    Args:
        captures: Names of files, or ``-``.
        ports: TCP ports whose connections are taken for Nest.
    """

    def __init__(self, captures: Sequence[str], ports: Sequence[int]) -> None:
        self._captures = captures
        self._problems: list[InspectorError] = []
        self._inspection = Inspection(frozenset(ports))

    def items(self) -> Iterator[Exchange | Finding]:
        """Yield what the captures hold; what cannot be read is told at the end."""
        records = read_captures(self._captures, self._problems)
        return self._inspection.inspect(records)

    def report(self) -> Report:
        """Return the totals of what was inspected so far."""
        return self._inspection.report()

    def finish(self) -> None:
        """Say what is to be said on stderr, and end with the right code.

        Raises:
            SystemExit: With the code of the first capture that cannot be read.
        """
        sys.stdout.flush()
        for problem in self._problems:
            say(str(problem), "error")
        if self._problems:
            raise SystemExit(self._problems[0].exit_code)
        if not self.report().nest:
            say(_no_traffic(self.report(), self._captures), "warning")


def write_line(line: bytes) -> None:
    """Write a JSON line to stdout."""
    sys.stdout.buffer.write(line + b"\n")


def _no_traffic(report: Report, captures: Sequence[str]) -> str:
    names = " ".join(
        "stdin" if name == STDIN else shown_name(name) for name in captures
    )
    connections = plural(report.other_connections, "TCP connection")
    foreign = f" ({', '.join(report.foreign)})" if report.foreign else ""
    skipped = reasons({**report.skipped, **report.not_understood})
    passed = f"; {skipped}" if skipped else ""
    return (
        f"{names}: no Nest traffic in {plural(report.packet_records, 'packet')} of "
        f"{connections}{foreign}{passed}; --port takes a port for Nest all the same"
    )
