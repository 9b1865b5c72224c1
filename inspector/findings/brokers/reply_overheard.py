"""A reply that reached somebody who had not asked.

Two who ask on one reply channel have the replies of both: that is how Redis works.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange
from inspector.findings.broker_words import words_of
from inspector.findings.finding import Place, Severity
from inspector.findings.registry import finding
from inspector.findings.rule import Details, Rule
from inspector.findings.signs import ROUNDABOUT
from inspector.words import listing, plural

if TYPE_CHECKING:
    from inspector.calls.passages import Hop, Passage
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context

_NAMED = 4


@finding("reply-overheard", Severity.WARNING, about=Exchange, needs=ROUNDABOUT, rank=49)
class ReplyOverheard(Rule[Exchange]):
    """A reply that reached somebody who had not asked."""

    see = "ladder"

    def applies(self, call: Exchange) -> bool:
        return call.passage is not None and bool(_heard(call.passage))

    def place(self, call: Exchange) -> Place:
        assert call.passage is not None
        hop = _heard(call.passage)[0]
        record = hop.records[-1]
        return (
            super()
            .place(call)
            ._replace(
                connection=hop.direction.connection,
                side=hop.direction.side,
                packet=record.number,
                time_ns=record.time_ns,
            )
        )

    def details(self, call: Exchange, _context: Context) -> Details:
        assert call.passage is not None
        heard = _heard(call.passage)
        peers = dict.fromkeys(str(hop.peer) for hop in heard)
        return Details(detail=listing(list(peers)[:_NAMED]), size=len(heard))

    def message(self, finding: Finding) -> str:
        return f"a reply to {finding.name} reached {finding.detail}, who had not asked"

    def headline(self, group: FindingGroup) -> str:
        return f"{plural(group.size, 'reply')} overheard"

    def cause(self, group: FindingGroup) -> str:
        words = words_of(group.first.connection.carrier)
        rest = f" and {len(group.details) - 1:,} more" * (len(group.details) > 1)
        return (
            f"{group.first.detail}{rest} subscribed to a wildcard that covers "
            f"{words.replies}, and had the replies to {group.named_exchanges()}. Who "
            "listens so sees what callers are answered; a handler of Nest on such a "
            f"wildcard runs with each reply as its data. {group.packets()}"
        )

    def hint(self, finding: Finding) -> str:
        words = words_of(finding.connection.carrier)
        return words.narrower.format(reached=finding.reached)


def _heard(passage: Passage) -> list[Hop]:
    """Return the deliveries of its replies to others than its caller."""
    if not passage.overheard:
        return []
    return [hop for hop in passage.hops if hop.overheard and not hop.shares]
