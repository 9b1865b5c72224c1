"""A live run as lines: for programs, and for people without a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange
from inspector.words import clock, duration, plural
from protocol import escape_controls_in_json

from .jsonlines import (
    capture_line,
    exchange_line,
    finding_line,
    summary_line,
    waiting_line,
)
from .rendering import pattern_text, safe, safe_lines, short_text
from .reply_words import reply_cell
from .report_view import report_lines
from .text import Text
from .theme import show, table_width

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import Console

    from inspector.calls.plain import PlainExchange
    from inspector.figures.report import Report
    from inspector.findings.finding import Finding

    from .live_status import LiveStatus


class JsonLines:
    """One JSON line for each exchange and finding, as it comes.

    Args:
        name: Of the source.

    Attributes:
        name: The same.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._escape = safe_lines if sys.stdout.isatty() else escape_controls_in_json

    def show(self, item: Exchange | Finding) -> None:
        """Write an exchange or a finding."""
        line = exchange_line(item) if isinstance(item, Exchange) else finding_line(item)
        self.write(line + b"\n")

    def show_plain(self, plain: PlainExchange) -> None:
        """Write a plain exchange like any other."""
        self.show(plain.exchange())

    def show_waiting(self, exchange: Exchange, waited_ns: int) -> None:
        """Write that an exchange waits."""
        self.write(waiting_line(exchange, waited_ns) + b"\n")

    def notice(self, words: str) -> bool:  # noqa: ARG002 — stderr has room for it
        """Leave it to stderr."""
        return False

    def tick(self, status: Callable[[], LiveStatus]) -> bool:  # noqa: ARG002 — lines need no picture
        """Hand on what was written."""
        sys.stdout.flush()
        return True

    def finish(self, status: LiveStatus, report: Report, files: Sequence[str]) -> None:
        """Write how it was captured, and the totals."""
        running, dropped = status.running_ns, status.dropped
        self.write(capture_line(self.name, running, dropped, files) + b"\n")
        self.write(summary_line(report) + b"\n")

    def close(self) -> None:
        """Leave stdout to whoever opened it."""

    def write(self, line: bytes) -> None:
        """Write a line, without what a terminal would obey."""
        sys.stdout.buffer.write(self._escape(line))


class TextLines:
    """One line for each exchange and finding, as it comes, and the report.

    Args:
        console: Where to.
        name: Of the source.
    """

    def __init__(self, console: Console, name: str) -> None:
        self._console, self._name = console, name

    def show(self, item: Exchange | Finding) -> None:
        """Write an exchange or a finding."""
        if isinstance(item, Exchange):
            show(self._console, _exchange_text(item))
        else:
            words = Text.assemble((f"{item.severity:<12}  ", item.severity))
            words.append(f"{safe(item.message)}  {item.code}, packet {item.packet}")
            show(self._console, words)

    def show_plain(self, plain: PlainExchange) -> None:
        """Write a plain exchange like any other."""
        self.show(plain.exchange())

    def show_waiting(self, exchange: Exchange, waited_ns: int) -> None:
        """Write that an exchange waits."""
        line = Text.assemble((clock(exchange.time_ns), "muted"), "  ")
        line.append(pattern_text(exchange.pattern, exchange.route), "route")
        line.append(f"  #{exchange.number} waits for {duration(waited_ns)}", "warning")
        show(self._console, line)

    def notice(self, words: str) -> bool:  # noqa: ARG002 — stderr has room for it
        """Leave it to stderr."""
        return False

    def tick(self, status: Callable[[], LiveStatus]) -> bool:  # noqa: ARG002 — lines need no picture
        """Hand on what was written."""
        self._console.file.flush()
        return True

    def finish(self, status: LiveStatus, report: Report, files: Sequence[str]) -> None:
        """Write the report."""
        show(self._console, Text())
        print_live_report(self._console, self._name, status, report, files)

    def close(self) -> None:
        """Leave stdout to whoever opened it."""


def print_live_report(
    console: Console,
    name: str,
    status: LiveStatus,
    report: Report,
    files: Sequence[str],
) -> None:
    """Print the report at the end of a live run.

    Args:
        console: Where to.
        name: Of the source.
        status: How the run ended.
        report: The totals.
        files: Where the packets were written to.
    """
    console.record = True  # a picture has the report, not all that went by
    if status.dropped:
        missed = plural(status.dropped, "packet")
        show(console, Text(f"≠ {missed} dropped: nothing here is complete.", "error"))
        show(console, Text())
    if report.connections:
        room = console.width, table_width(console)
        readable = bool(files)  # what was not written, no command can read
        named = list(files) or [name]
        lines = list(report_lines(report, named, *room, readable=readable))
        for line in lines if readable else lines[:-1]:  # which is empty
            show(console, line)
    else:
        packets = plural(report.packet_records, "packet")
        show(console, Text(f"{name}: no Nest traffic in {packets}."))


def _exchange_text(exchange: Exchange) -> Text:
    line = Text.assemble((clock(exchange.time_ns), "muted"), "  ")
    line.append(pattern_text(exchange.pattern, exchange.route), "route")
    line.append(f"  {short_text(exchange.data)}  ")
    reply = reply_cell(exchange)
    line.append(reply.text, reply.style)
    if exchange.latency_ns is not None:
        line.append(f"  {duration(exchange.latency_ns)}")
    return line.append(f"  {plural(exchange.packets, 'packet')}", "muted")
