"""A reply on another channel than its request named.

Source: ``packages/microservices/server/server-redis.ts`` of Nest 10 and 11,
``handleMessage``: with the option ``wildcards`` it replies to the channel of the
pattern that it has subscribed to, ``w.*.reply``, and not to that of the request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange
from inspector.findings.broker_words import words_of
from inspector.findings.finding import Place, Severity
from inspector.findings.habits import shown
from inspector.findings.registry import finding
from inspector.findings.rule import Details, Rule
from inspector.findings.signs import ROUNDABOUT
from inspector.words import plural

if TYPE_CHECKING:
    from inspector.calls.passages import Hop, Passage
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context

_PATTERN = "the channel of a pattern"


@finding("reply-elsewhere", Severity.ERROR, about=Exchange, needs=ROUNDABOUT, rank=9)
class ReplyElsewhere(Rule[Exchange]):
    """A reply on another channel than its request named."""

    see = "ladder"

    def applies(self, call: Exchange) -> bool:
        return call.passage is not None and _elsewhere(call.passage) is not None

    def place(self, call: Exchange) -> Place:
        assert call.passage is not None
        hop = _elsewhere(call.passage)
        assert hop is not None
        record, direction = hop.records[-1], hop.direction
        place = super().place(call)
        return place._replace(
            connection=direction.connection,
            side=direction.side,
            packet=record.number,
            time_ns=record.time_ns,
        )

    def details(self, call: Exchange, _context: Context) -> Details:
        assert call.passage is not None
        hop = _elsewhere(call.passage)
        assert hop is not None
        covered = words_of(call.carrier).covers(
            hop.channel, call.passage.reply_channel or ""
        )
        return Details(
            subject=_PATTERN if covered else "",
            detail=f"{shown(hop.channel)} instead of "
            f"{shown(call.passage.reply_channel or '')}",
        )

    def message(self, finding: Finding) -> str:
        return f"the reply to {finding.name} went to {finding.detail}"

    def headline(self, group: FindingGroup) -> str:
        where = words_of(group.first.connection.carrier).channel
        return f"{plural(group.count, 'reply')} on another {where}"

    def cause(self, group: FindingGroup) -> str:
        why = "The caller does not listen there, and waits without end."
        if group.first.subject == _PATTERN:
            why += (
                " A service of Nest up to 11 with the option wildcards replies to the "
                "pattern that it has subscribed to; Nest 12 replies to its caller."
            )
        return (
            f"The reply to {group.named_exchanges()} went to {group.example()}. {why} "
            f"{group.packets()}"
        )

    def hint(self, finding: Finding) -> str:
        if finding.subject == _PATTERN:
            return (
                "update the service to Nest 12, or handle these patterns without "
                "wildcards"
            )
        return "send each reply to where its request came from, with .reply after it"


def _elsewhere(passage: Passage) -> Hop | None:
    """Return the first reply on another channel; None where there is none.

    What a handler makes of a reply that it has overheard is none to the call.
    """
    if not passage.elsewhere:
        return None
    hops = (hop for hop in passage.hops if hop.elsewhere and hop.way == "in")
    return next((hop for hop in hops if not hop.surplus), None)
