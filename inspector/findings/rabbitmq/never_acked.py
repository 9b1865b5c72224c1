"""Messages that were handled, and not acknowledged.

Source: ``rabbitmq.com/docs/confirms``: what is not acknowledged counts for the prefetch
count, and is delivered again once its consumer is gone; ``server/server-rmq.ts``: with
``noAck: false`` Nest leaves that to the handler.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange
from inspector.findings.finding import Severity
from inspector.findings.registry import finding
from inspector.findings.rule import Rule
from inspector.findings.signs import ROUNDABOUT
from inspector.words import plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup

_SAID = {"nack", "reject"}


@finding(
    "never-acked",
    Severity.WARNING,
    about=Exchange,
    needs=ROUNDABOUT,
    rank=55,
    carrier="rabbitmq",
)
class NeverAcked(Rule[Exchange]):
    """Messages that were handled, and not acknowledged."""

    fix = (
        "acknowledge each message in the handler, also where it throws: "
        "context.getChannelRef().ack(context.getMessage())"
    )
    see = "exchanges --fields 'number, route, errands, handlers'"

    def applies(self, call: Exchange) -> bool:
        """Whether who had it said nothing, for long or until it went away."""
        passage = call.passage
        if passage is None or call.gapped or passage.again:
            return False
        given_back = any(each.verb in _SAID for each in passage.errands)
        return passage.unsettled > 0 or (passage.requeued > 0 and not given_back)

    def message(self, finding: Finding) -> str:
        return f"{finding.service} did not acknowledge {finding.name}"

    def headline(self, group: FindingGroup) -> str:
        return f"{plural(group.count, 'message')} not acknowledged"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"{group.named_exchanges()}: a consumer of {group.first.service}, which is "
            "to acknowledge what it has done, did not, for a second or until it went "
            "away. Until then the message counts for prefetchCount, and once that is "
            "reached nothing more is delivered; afterwards it is delivered again. "
            f"{group.packets()}"
        )
