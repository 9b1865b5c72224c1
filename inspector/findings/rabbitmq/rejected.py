"""An event that nobody wants.

Source: ``server/server-rmq.ts``, ``handleEvent``: a service that acknowledges rejects
an event without a handler for good.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange, Outcome
from inspector.findings.finding import Severity
from inspector.findings.phrases import quoted
from inspector.findings.registry import finding
from inspector.findings.rule import Details, Rule
from inspector.findings.signs import FAILED
from inspector.words import plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context

_DEAD = "dead letter"


@finding(
    "rejected",
    Severity.WARNING,
    about=Exchange,
    needs=FAILED,
    rank=53,
    carrier="rabbitmq",
)
class Rejected(Rule[Exchange]):
    """An event that nobody wants."""

    see = "exchanges --where 'outcome == \"rejected\"'"

    def applies(self, call: Exchange) -> bool:
        return call.outcome is Outcome.REJECTED

    def details(self, call: Exchange, _context: Context) -> Details:
        dead = call.passage is not None and call.passage.dead
        return Details(subject=_DEAD if dead else "")

    def message(self, finding: Finding) -> str:
        return f"{finding.service} rejected {finding.name} for good"

    def headline(self, group: FindingGroup) -> str:
        return f"{plural(group.count, 'event')} rejected for good"

    def cause(self, group: FindingGroup) -> str:
        first = group.first
        after = "Without a dead-letter exchange they are lost."
        if first.subject == _DEAD:
            after = "A dead-letter exchange handed them on."
        return (
            f"{group.named_exchanges()}: {first.service} said that it does not want "
            "them, and not again (nack or reject without requeue). A Nest service does "
            f"so with what it has no handler for. {after} {group.packets()}"
        )

    def hint(self, finding: Finding) -> str:
        if finding.subject == _DEAD:
            return "look at why, and at who sees to what the dead-letter queue has"
        return (
            f"register @EventPattern({quoted(finding.route)}) there, or give the queue "
            "a deadLetterExchange that keeps what is rejected"
        )
