"""A request that was sent before its caller listened for the reply.

Source: ``packages/microservices/client/client-redis.ts``, ``client-mqtt.ts``,
``publish``: a client of Nest waits until the broker has confirmed its subscription.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange
from inspector.findings.broker_words import words_of
from inspector.findings.finding import Severity
from inspector.findings.habits import shown
from inspector.findings.registry import finding
from inspector.findings.rule import Details, Rule
from inspector.findings.signs import ROUNDABOUT
from inspector.words import plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context


@finding("subscribed-late", Severity.WARNING, about=Exchange, needs=ROUNDABOUT, rank=44)
class SubscribedLate(Rule[Exchange]):
    """A request that was sent before its caller listened for the reply."""

    fix = "publish a request once the broker has confirmed the subscription"
    see = "ladder --errands"

    def applies(self, call: Exchange) -> bool:
        return call.passage is not None and call.passage.hasty

    def details(self, call: Exchange, _context: Context) -> Details:
        assert call.passage is not None
        return Details(detail=shown(call.passage.reply_channel or ""))

    def message(self, finding: Finding) -> str:
        where = words_of(finding.connection.carrier).channel
        return (
            f"{finding.name} was sent before its caller was known to listen on the "
            f"{where} {finding.detail}"
        )

    def headline(self, group: FindingGroup) -> str:
        return f"{plural(group.count, 'message')} sent before the caller listened"

    def cause(self, group: FindingGroup) -> str:
        broker = group.first.broker
        return (
            f"{group.named_exchanges()}: {broker} confirmed the subscription to "
            f"{group.example()} only after the request. A fast reply finds nobody, and "
            f"the caller waits without end; a client of Nest waits. {group.packets()}"
        )
