"""A reply to a call that was over already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.matching import Stray
from inspector.calls.participants import broker_of
from inspector.calls.passages import Way, way_of
from inspector.findings.finding import Severity
from inspector.findings.registry import finding
from inspector.findings.rule import Rule
from inspector.words import plural, verb

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup


@finding("value-after-end", Severity.WARNING, about=Stray, rank=40)
class ValueAfterEnd(Rule[Stray]):
    """A reply to a call that was over already."""

    fix = "set isDisposed on the last reply only, and use each id once"
    see = "follow"

    def applies(self, stray: Stray) -> bool:
        """Whether it is one; over a broker each is seen twice, and told once."""
        if stray.ledger.packets is None:  # it has another id: see foreign-id
            return False
        direction = stray.direction
        return way_of(direction) is Way.IN or not broker_of(direction.connection)

    def message(self, finding: Finding) -> str:
        return f"a reply to {finding.name} after the last one"

    def headline(self, group: FindingGroup) -> str:
        return plural(group.count, "reply") + " after the last one"

    def cause(self, group: FindingGroup) -> str:
        if group.first.broker:
            return (
                f"{group.named_exchanges()} {verb(group.names, 'was')} already over, "
                "or nobody listened for its replies any more: later ones are dropped. "
                f"{group.packets()}"
            )
        return (
            f"{group.named_exchanges()} {verb(group.names, 'was')} already over; "
            "Nest ignores later replies. "
            f"{group.packets()}"
        )

    def hint(self, finding: Finding) -> str:
        if finding.broker:
            return (
                "set isDisposed on the last reply only; if the caller gave up, let it "
                "wait longer"
            )
        return self.fix
