"""A request that nobody has subscribed to.

Source: ``packages/microservices/client/client-nats.ts``: an empty reply, as that
with the status 503, becomes an ``EmptyResponseException``; ``docs.nats.io``, client
protocol: without ``no_responders`` in CONNECT there is no such reply.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange, Kind
from inspector.findings.absent import at_other_times, place_of, remedy
from inspector.findings.broker_words import words_of
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


@finding("nobody-subscribed", Severity.ERROR, about=Exchange, needs=FAILED, rank=11)
class NobodySubscribed(Rule[Exchange]):
    """A request that nobody has subscribed to."""

    see = "exchanges --where 'outcome == \"no_handler\"'"

    def applies(self, call: Exchange) -> bool:
        passage = call.passage
        return (
            passage is not None
            and passage.unwanted
            and call.kind is Kind.MESSAGE
            and not words_of(call.carrier).flaw(passage.channel, call.route)
        )

    def details(self, call: Exchange, _context: Context) -> Details:
        return Details(subject=call.connection.server_text)

    def message(self, finding: Finding) -> str:
        return f"nobody has subscribed to {place_of(finding)}"

    def headline(self, group: FindingGroup) -> str:
        return f"{plural(group.count, 'message')} that nobody has subscribed to"

    def cause(self, group: FindingGroup) -> str:
        first = group.first
        named, words = group.named_exchanges(), words_of(first.connection.carrier)
        nobody, away = words.nobody.format(broker=first.broker), at_other_times(group)
        return (
            f"{named} had no subscriber at that time: {nobody}{away} {group.packets()}"
        )

    def hint(self, finding: Finding) -> str:
        return remedy(
            finding,
            f"start the service with @MessagePattern({quoted(finding.route)}), or send "
            "what a service of this broker subscribes to",
        )
