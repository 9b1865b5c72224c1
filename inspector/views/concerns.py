"""Whether a finding is about an exchange, also where many have shown it together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange, Kind
from inspector.calls.participants import participants
from inspector.figures.worst import is_failure
from inspector.findings.conclusions import (
    BlockedServer,
    Conclusion,
    FailingCalls,
    SlowCalls,
    SlowPattern,
)

if TYPE_CHECKING:
    from inspector.findings.finding import Finding


def concerns(finding: Finding, exchange: Exchange) -> bool:
    """Whether a finding is about an exchange.

    A conclusion has one place, and is about all that it was judged from: the calls
    that failed of a pattern that fails, those that were slow, those that waited.
    """
    if finding.exchange == exchange.number:
        return True
    if finding.others is not None and exchange.number in finding.others:
        return True
    conclusion = finding.conclusion
    if isinstance(conclusion, BlockedServer):
        return exchange.number in conclusion.waiters
    return (
        isinstance(conclusion, Conclusion)
        and exchange.kind is Kind.MESSAGE
        and exchange.route == conclusion.place.route
        and exchange.connection.carrier == conclusion.place.connection.carrier
        and _is_among(conclusion, exchange)
    )


def _is_among(conclusion: Conclusion, exchange: Exchange) -> bool:
    """Whether an exchange of the pattern is one of those that were judged."""
    _, server = participants(exchange.connection)
    took_ns = exchange.latency_ns or 0
    if isinstance(conclusion, FailingCalls):
        return server.key in conclusion.servers and is_failure(exchange)
    if isinstance(conclusion, SlowCalls):
        return took_ns >= conclusion.limit_ns
    return isinstance(conclusion, SlowPattern) and took_ns >= conclusion.median_ns
