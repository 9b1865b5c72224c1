"""Exceptions that give a client's payload back to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.costs import has_sessions
from inspector.calls.exchanges import Exchange, Outcome
from inspector.findings.evidence import within
from inspector.findings.finding import Severity
from inspector.findings.registry import finding
from inspector.findings.rule import Rule
from inspector.findings.signs import FAILED
from inspector.words import plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding, Place
    from inspector.findings.groups import FindingGroup


@finding("exception-echo", Severity.NOTE, about=Exchange, needs=FAILED, rank=61)
class ExceptionEcho(Rule[Exchange]):
    """Exceptions that give a client's payload back to it."""

    # Source: packages/websockets/exceptions/base-ws-exception-filter.ts, includeCause.

    fix = (
        "use a filter that extends BaseWsExceptionFilter with includeCause: false, or "
        "a causeFactory that leaves out what logs of clients should not hold"
    )
    see = "exchanges --where 'outcome == \"error\"' --fields 'number, route, err'"

    def applies(self, call: Exchange) -> bool:
        return call.outcome is Outcome.ERROR and has_sessions(call.carrier)

    def place(self, call: Exchange) -> Place:
        return within(call, call.reply_packets[0], reply=True)

    def message(self, finding: Finding) -> str:
        return f"the exception of {finding.name} repeats what the client had sent"

    def headline(self, group: FindingGroup) -> str:
        return f"{plural(group.count, 'exception')} with the payload of the client"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"{group.named_exchanges()}: from Nest 11 on the gateway repeats pattern "
            "and payload as cause, so what the client sent in confidence travels "
            f"again, and lands in the log of its errors. {group.packets()}"
        )
