"""Whether a finding is about an exchange, also where many have shown it together.

A conclusion has one place, and is about all that it was judged from. It does not list
them, since they may be many: whether an exchange is one of them, its own figures tell.
"""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange, Kind, Outcome, last_error
from inspector.calls.participants import participants
from inspector.calls.serving import service_of
from inspector.calls.statuses import FAILED, status_of
from inspector.figures.failures import failure_text
from inspector.figures.health import SERVER_ABOVE_NS, SERVER_TIMES
from inspector.figures.worst import is_failure
from inspector.findings.conclusions import (
    BlockedServer,
    Burst,
    Conclusion,
    FailingCalls,
    Shared,
    SilentPattern,
    SilentServer,
    SlowCalls,
    SlowPattern,
    SlowServer,
    ThrownError,
)
from inspector.words import without_numbers

if TYPE_CHECKING:
    from inspector.findings.finding import Finding


def concerns(finding: Finding, exchange: Exchange) -> bool:
    """Whether a finding is about an exchange."""
    if is_named(finding, exchange.number):
        return True
    conclusion = finding.conclusion
    return (
        isinstance(conclusion, Conclusion)
        and exchange.kind is Kind.MESSAGE
        and exchange.connection.carrier == conclusion.place.connection.carrier
        and _is_among(conclusion, exchange)
    )


def is_named(finding: Finding, number: int) -> bool:
    """Whether a finding names an exchange by its number."""
    others = finding.others
    return finding.exchange == number or (others is not None and number in others)


@singledispatch
def _is_among(_conclusion: Conclusion, _exchange: Exchange) -> bool:
    """Whether a message call is one of those that a conclusion was judged from."""
    return False


@_is_among.register
def _(conclusion: BlockedServer, exchange: Exchange) -> bool:
    return exchange.number in conclusion.waiters


@_is_among.register
def _(conclusion: FailingCalls, exchange: Exchange) -> bool:
    fails = _server(exchange) in conclusion.servers and is_failure(exchange)
    return fails and _is_of_pattern(conclusion, exchange)


@_is_among.register
def _(conclusion: SlowCalls, exchange: Exchange) -> bool:
    slow = (exchange.latency_ns or 0) >= conclusion.limit_ns
    return slow and _is_of_pattern(conclusion, exchange)


@_is_among.register
def _(conclusion: SlowPattern, exchange: Exchange) -> bool:
    slow = (exchange.latency_ns or 0) >= conclusion.median_ns
    return slow and _is_of_pattern(conclusion, exchange)


@_is_among.register
def _(conclusion: SlowServer, exchange: Exchange) -> bool:
    others_ns = conclusion.others_ns
    limit_ns = max(SERVER_TIMES * others_ns, others_ns + SERVER_ABOVE_NS)
    slow = (exchange.latency_ns or 0) >= limit_ns
    return slow and _is_of_pattern(conclusion, exchange, conclusion.server)


@_is_among.register
def _(conclusion: SilentServer, exchange: Exchange) -> bool:
    silent = _is_unanswered(exchange) and exchange.asked_ns >= conclusion.first_ns
    return silent and _server(exchange) == conclusion.server


@_is_among.register
def _(conclusion: SilentPattern, exchange: Exchange) -> bool:
    silent = _is_unanswered(exchange) and exchange.asked_ns >= conclusion.first_ns
    return silent and _is_of_pattern(conclusion, exchange, conclusion.server)


@_is_among.register
def _(conclusion: Burst, exchange: Exchange) -> bool:
    ended_ns = exchange.last_reply_ns or exchange.ended_ns
    return (
        is_failure(exchange)
        and conclusion.first_ns <= ended_ns <= conclusion.last_ns
        and _is_of_pattern(conclusion, exchange, conclusion.server)
    )


@_is_among.register
def _(conclusion: Shared, exchange: Exchange) -> bool:
    failed = exchange.outcome is Outcome.ERROR
    return failed and failure_text(exchange) == conclusion.text


@_is_among.register
def _(conclusion: ThrownError, exchange: Exchange) -> bool:
    """Of texts that nobody kept, which come after many, the packets of replies tell."""
    if not is_failure(exchange) or exchange.outcome is not Outcome.ERROR:
        return False
    if (exchange.route, _server(exchange)) not in conclusion.among:
        return False
    status = status_of(last_error(exchange))
    if conclusion.status is not None or status in FAILED:
        return status == conclusion.status
    if conclusion.text is None:
        return exchange.reply_ends[-1].number in conclusion.packets
    text = without_numbers(failure_text(exchange))
    return text == without_numbers(conclusion.text)


def _is_unanswered(exchange: Exchange) -> bool:
    """Whether a call has no reply, as far as that can be said."""
    in_doubt = exchange.gapped or exchange.in_flight
    return exchange.outcome is Outcome.UNANSWERED and not in_doubt


def _server(exchange: Exchange) -> str:
    """Return what the server of an exchange is known by."""
    if exchange.passage is not None:
        return service_of(exchange)
    return participants(exchange.connection)[1].key


def _is_of_pattern(
    conclusion: Conclusion, exchange: Exchange, server: str | None = None
) -> bool:
    """Whether an exchange has the pattern of a conclusion, and its server if named."""
    same = exchange.route == conclusion.place.route
    return same and server in {None, _server(exchange)}
