"""A reply to a call that was over already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.matching import Stray
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

    def message(self, finding: Finding) -> str:
        return f"a reply to {finding.name} after the last one"

    def headline(self, group: FindingGroup) -> str:
        return plural(group.count, "reply") + " after the last one"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"{group.named_exchanges()} {verb(group.names, 'was')} already over; "
            "Nest ignores later replies. "
            f"{group.packets()}"
        )
