"""A reply with another id than that of its request.

Source: ``packages/microservices/client/client-nats.ts``,
``createSubscriptionHandler``: such a reply is ignored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.matching import Stray
from inspector.calls.passages import Way, way_of
from inspector.findings.finding import Severity
from inspector.findings.registry import finding
from inspector.findings.rule import Rule
from inspector.words import plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup


@finding("foreign-id", Severity.WARNING, about=Stray, rank=41)
class ForeignId(Rule[Stray]):
    """A reply with another id than that of its request."""

    fix = "send each reply with the id that is in the request"
    see = "follow"

    def applies(self, stray: Stray) -> bool:
        """Whether its call still waits; each is seen twice, and told once."""
        return stray.ledger.packets is None and way_of(stray.direction) is Way.IN

    def message(self, finding: Finding) -> str:
        return f"a reply to {finding.name} has another id than the request"

    def headline(self, group: FindingGroup) -> str:
        return f"{plural(group.count, 'reply')} with another id than the request"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"{group.named_exchanges()}: the reply came where the caller listens, but "
            f"a Nest client ignores it, and waits on. {group.packets()}"
        )
