"""Messages that were handled, and not acknowledged.

Source: ``rabbitmq.com/docs/confirms``: what is not acknowledged counts for the prefetch
count, and is delivered again once its consumer is gone; ``server/server-rmq.ts``: with
``noAck: false`` Nest leaves that to the handler.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange, Outcome
from inspector.findings.finding import Severity
from inspector.findings.registry import finding
from inspector.findings.rule import Details, Rule
from inspector.findings.signs import ROUNDABOUT
from inspector.words import plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context

_SAID = {"nack", "reject"}
_GONE = "gone"


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
        if passage.unsettled > 0:  # of a call, its handler may be at work yet
            return call.outcome is not Outcome.UNANSWERED
        return passage.requeued > 0 and not given_back

    def details(self, call: Exchange, _context: Context) -> Details:
        waits = call.passage is not None and call.passage.unsettled > 0
        return Details(subject="" if waits else _GONE)

    def message(self, finding: Finding) -> str:
        if finding.subject == _GONE:
            return f"{finding.service} went away without acknowledging {finding.name}"
        return f"{finding.service} had not acknowledged {finding.name} after a second"

    def headline(self, group: FindingGroup) -> str:
        what = f"{plural(group.count, 'message')} not acknowledged"
        return what if group.first.subject == _GONE else f"{what} for a second or more"

    def cause(self, group: FindingGroup) -> str:
        how = "had said nothing of it after a second"
        after = "Until it does, the message"
        if group.first.subject == _GONE:
            how = "went away without a word about it, so that it is delivered again"
            after = "Until then the message"
        return (
            f"{group.named_exchanges()}: a consumer of {group.first.service}, which is "
            f"to acknowledge what it has done, {how}. {after} counts for "
            "prefetchCount, and once that is reached nothing more is delivered. "
            f"{group.packets()}"
        )
