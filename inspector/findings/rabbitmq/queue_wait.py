"""Calls that waited in their queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange, Kind
from inspector.findings.finding import Severity
from inspector.findings.registry import finding
from inspector.findings.rule import Details, Rule
from inspector.findings.signs import WAITED, WAITED_NS, crowded
from inspector.words import duration, duration_range, plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context


@finding(
    "queue-wait",
    Severity.WARNING,
    about=Exchange,
    needs=WAITED,
    rank=51,
    carrier="rabbitmq",
)
class QueueWait(Rule[Exchange]):
    """Calls that waited in their queue."""

    fix = (
        "start more consumers of that queue, or raise prefetchCount, if its handlers "
        "wait for others and do not compute"
    )
    see = "exchanges --where 'queue_ns > 100ms'"

    def applies(self, call: Exchange) -> bool:
        passage = call.passage
        if passage is None or call.kind is Kind.ORPHAN:
            return False
        return (passage.queue_ns or 0) >= WAITED_NS and not crowded(passage)

    def details(self, call: Exchange, _context: Context) -> Details:
        assert call.passage is not None
        return Details(
            severity=Severity.NOTE if call.kind is Kind.EVENT else None,
            subject=call.passage.channel,
            duration_ns=call.passage.queue_ns or 0,
        )

    def message(self, finding: Finding) -> str:
        waited = duration(finding.duration_ns)
        return f"{finding.name} waited {waited} until {finding.service} took it"

    def headline(self, group: FindingGroup) -> str:
        took = duration_range(group.shortest_ns, group.longest_ns)
        return f"{plural(group.count, 'message')} waited {took} in the queue"

    def cause(self, group: FindingGroup) -> str:
        first = group.first
        return (
            f"{group.named_exchanges()}: {first.broker} had the message so long before "
            f"a consumer of {first.service} took it. Nobody consumed at that time, or "
            f"all consumers had as much as prefetchCount allows. {group.packets()}"
        )
