"""Calls that waited until another message was acknowledged.

Source: ``rabbitmq.com/docs/consumer-prefetch``: a consumer has at most as many messages
as its prefetch count that it has not acknowledged; ``server/server-rmq.ts``,
``setupChannel``: ``prefetchCount``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange, Kind
from inspector.calls.passages import Leg, Way
from inspector.findings.finding import Severity
from inspector.findings.habits import shown
from inspector.findings.registry import finding
from inspector.findings.rule import Details, Rule
from inspector.findings.signs import WAITED, crowded
from inspector.words import duration, duration_range, plural

if TYPE_CHECKING:
    from inspector.calls.passages import Passage
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context


@finding(
    "prefetch-full",
    Severity.WARNING,
    about=Exchange,
    needs=WAITED,
    rank=54,
    carrier="rabbitmq",
)
class PrefetchFull(Rule[Exchange]):
    """Calls that waited until another message was acknowledged."""

    fix = (
        "start more consumers of that queue, or raise prefetchCount, if its handlers "
        "wait for others and do not compute"
    )
    see = "exchanges --where 'queue_ns > 100ms'"

    def applies(self, call: Exchange) -> bool:
        passage = call.passage
        return passage is not None and call.kind is not Kind.ORPHAN and crowded(passage)

    def details(self, call: Exchange, _context: Context) -> Details:
        assert call.passage is not None
        return Details(
            severity=Severity.NOTE if call.kind is Kind.EVENT else None,
            detail=shown(_after(call.passage)),
            duration_ns=call.passage.held_ns,
        )

    def message(self, finding: Finding) -> str:
        waited = duration(finding.duration_ns)
        return f"{finding.name} waited {waited} until {finding.detail} was acknowledged"

    def headline(self, group: FindingGroup) -> str:
        took = duration_range(group.shortest_ns, group.longest_ns)
        what = plural(group.count, "message")
        return f"{what} waited {took} for acknowledgements"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"{group.named_exchanges()}: consumers of {group.first.service} had as "
            "many unacknowledged messages as prefetchCount allows, and others had to "
            f"be acknowledged before: {group.example()}. "
            f"{group.packets()}"
        )


def _after(passage: Passage) -> str:
    """Return the route of what had to be acknowledged before somebody could have it."""
    taken = passage.first(Leg.REQUEST, Way.OUT)
    return "" if taken is None else taken.after or ""
