"""A request that nobody has subscribed to.

Source: ``packages/microservices/client/client-nats.ts``: an empty reply, as that
with the status 503, becomes an ``EmptyResponseException``; ``docs.nats.io``, client
protocol: without ``no_responders`` in CONNECT there is no such reply.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange, Kind
from inspector.findings.absent import remedy, subscriber
from inspector.findings.broker_words import words_of
from inspector.findings.finding import Severity
from inspector.findings.habits import shown
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
        away = ", which has subscribers at other times" * bool(subscriber(finding))
        words = words_of(finding.connection.carrier)
        where = f"{words.channel} {shown(finding.channel or '')}"
        return f"nobody has subscribed to {where} of {finding.reached}{away}"

    def headline(self, group: FindingGroup) -> str:
        return f"{plural(group.count, 'message')} that nobody has subscribed to"

    def cause(self, group: FindingGroup) -> str:
        first = group.first
        named, words = group.named_exchanges(), words_of(first.connection.carrier)
        away = ""
        if who := subscriber(first):
            which = "it" if len(group.known_routes) == 1 else "the first of them"
            away = f" At other times {who} subscribes to {which}."
        return (
            f"{named} had no subscriber at that time: "
            f"{words.nobody.format(broker=first.broker)}{away} {group.packets()}"
        )

    def hint(self, finding: Finding) -> str:
        return remedy(
            finding,
            f"start the service with @MessagePattern({quoted(finding.route)}), or send "
            "what a service of this broker subscribes to",
        )
