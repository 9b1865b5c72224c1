"""A live run as lines of the Elastic Common Schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange

from .ecs_lines import capture_line, exchange_line, finding_line, waiting_line
from .live_lines import JsonLines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.figures.report import Report
    from inspector.findings.finding import Finding

    from .live_status import LiveStatus


class EcsLines(JsonLines):
    """One document for each exchange and finding, as it comes."""

    def show(self, item: Exchange | Finding) -> None:
        """Write an exchange or a finding."""
        line = exchange_line(item) if isinstance(item, Exchange) else finding_line(item)
        self.write(line + b"\n")

    def show_waiting(self, exchange: Exchange, waited_ns: int) -> None:
        """Write that an exchange waits."""
        self.write(waiting_line(exchange, waited_ns) + b"\n")

    def finish(self, status: LiveStatus, report: Report, files: Sequence[str]) -> None:
        """Write how it was captured, and how much that was."""
        self.write(capture_line(self.name, status, report, files) + b"\n")
