"""Exchanges to one side of a comparison: figures and shapes of each pattern."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from inspector.calls.exchanges import Exchange, Kind, Outcome, error_text
from inspector.contracts.gathering import Gathering, Key, PatternShapes, key_of
from inspector.figures.latency import Latencies
from protocol import JsonText

if TYPE_CHECKING:
    from inspector.figures.report import Report

MOST_ERRORS = 16
"""Distinct texts of errors of a pattern that are kept."""

_LONGEST = 120  # characters of such a text
_FAILED = {
    Outcome.ERROR,
    Outcome.NO_HANDLER,
    Outcome.UNANSWERED,
    Outcome.REJECTED,
    Outcome.UNDELIVERED,
}


class Figures(msgspec.Struct):
    """Figures of a pattern.

    Attributes:
        count: Exchanges.
        judged: Those whose end the capture has …
        failed: … and how many of them failed.
        errors: Text of an error → how many had it.
        latencies: Of first replies, in nanoseconds.
        request_bytes: Sizes of requests or events, in bytes …
        reply_bytes: … and of all replies of one.
        packets: Data packets of those whose end the capture has.
    """

    count: int = 0
    judged: int = 0
    failed: int = 0
    errors: Counter[str] = msgspec.field(default_factory=Counter)
    latencies: Latencies = msgspec.field(default_factory=Latencies)
    request_bytes: Latencies = msgspec.field(default_factory=Latencies)
    reply_bytes: Latencies = msgspec.field(default_factory=Latencies)
    packets: Latencies = msgspec.field(default_factory=Latencies)

    def add(self, exchange: Exchange) -> None:
        """Take in an exchange."""
        self.count += 1
        self.request_bytes.add(exchange.request_bytes)
        latency = exchange.latency_ns
        if latency is not None and not (exchange.untimed or exchange.early):
            self.latencies.add(latency)
        if exchange.in_flight or exchange.gapped:
            return
        self.judged += 1
        self.packets.add(exchange.packets)
        if exchange.outcome in _FAILED:
            self.failed += 1
            self._add_error(exchange)
        elif exchange.kind is Kind.MESSAGE:
            self.reply_bytes.add(exchange.reply_bytes)

    def _add_error(self, exchange: Exchange) -> None:
        text = _words(exchange)
        if text in self.errors or len(self.errors) < MOST_ERRORS:
            self.errors[text] += 1


class Side:
    """What one capture, or several together, hold of each pattern.

    Args:
        name: What it is called.

    Attributes:
        figures: Of each pattern, in the order of appearance.
        gathering: The shapes of their payloads.
        exchanges: How many there were.
        findings: Code of a finding → how often it was found.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.figures: dict[Key, Figures] = {}
        self.gathering = Gathering()
        self.exchanges = 0
        self.findings: Counter[str] = Counter()

    def add(self, item: object) -> None:
        """Take in an exchange; whatever else is found is not looked at."""
        key = key_of(item) if isinstance(item, Exchange) else None
        if key is None:
            return
        assert isinstance(item, Exchange)
        self.exchanges += 1
        self.gathering.add(item)
        found = self.figures.get(key)
        if found is None:
            if len(self.figures) >= self.gathering.most:
                return
            found = self.figures[key] = Figures()
        found.add(item)

    def shapes(self, key: Key) -> PatternShapes:
        """Return the shapes of a pattern; empty ones if nobody handles it."""
        return self.gathering.patterns.get(key) or PatternShapes()

    def conclude(self, report: Report) -> None:
        """Take in what was found besides exchanges, once all of it has been read."""
        for group in report.findings.values():
            self.findings[group.first.code] += group.count


def _words(exchange: Exchange) -> str:
    """Return why an exchange failed: the text of its error, or how it ended."""
    err = exchange.replies[-1].err if exchange.replies else None
    if isinstance(err, JsonText):
        try:
            return error_text(err)[:_LONGEST]
        except (ValueError, RecursionError):
            return "an error that is not JSON"
    assert exchange.outcome is not None
    return exchange.outcome.value.replace("_", " ")
