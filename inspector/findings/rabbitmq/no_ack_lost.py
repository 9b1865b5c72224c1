"""A call that was lost with the service that had it.

Source: ``rabbitmq.com/docs/confirms``: what is delivered without acknowledgement counts
as handled once it was sent; ``server/server-rmq.ts``: ``noAck`` is true by default.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange, Kind, Outcome
from inspector.calls.passages import Leg, Way
from inspector.findings.finding import Severity
from inspector.findings.registry import finding
from inspector.findings.rule import Rule
from inspector.findings.signs import FAILED
from inspector.words import plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup


@finding(
    "no-ack-lost",
    Severity.ERROR,
    about=Exchange,
    needs=FAILED,
    rank=19,
    carrier="rabbitmq",
)
class NoAckLost(Rule[Exchange]):
    """A call that was lost with the service that had it."""

    fix = (
        "set noAck: false on the service, and acknowledge when the work is done: what "
        "it had not done is then delivered to another"
    )
    see = "exchanges --where 'outcome == \"unanswered\"'"

    def applies(self, call: Exchange) -> bool:
        """Whether its handler was to say nothing, and went away before it answered."""
        passage = call.passage
        if passage is None or call.outcome is not Outcome.UNANSWERED:
            return False
        if call.kind is not Kind.MESSAGE or any(passage.of(Leg.REPLY, Way.IN)):
            return False
        had = list(passage.of(Leg.REQUEST, Way.OUT))
        if not had or passage.rejected or passage.requeued or not passage.accepted:
            return False
        ending = had[-1].direction.connection.ending
        acked = any(each.verb == "ack" for each in passage.errands)
        return ending is not None and not acked and ending.time_ns >= had[-1].time_ns

    def message(self, finding: Finding) -> str:
        return f"{finding.name} was lost: {finding.service} went away with it"

    def headline(self, group: FindingGroup) -> str:
        return f"{plural(group.count, 'call')} lost with the service that had them"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"{group.named_exchanges()}: a consumer of {group.first.service} had the "
            "request, and its connection ended before it answered. It consumes without "
            "acknowledgements, so the broker took the message for handled when it was "
            f"sent; the caller waits without end. {group.packets()}"
        )
