"""A request with the id of one that still waits for its reply."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.matching import Doubled
from inspector.findings.finding import Severity
from inspector.findings.registry import finding
from inspector.findings.rule import Rule
from inspector.words import plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup


@finding("duplicate-id", Severity.WARNING, about=Doubled, rank=60)
class DuplicateId(Rule[Doubled]):
    """A request with the id of one that still waits for its reply."""

    fix = "give every pending request an id of its own"
    see = "follow"

    def message(self, finding: Finding) -> str:
        return f"a request reuses the id of {finding.name}, which waits for its reply"

    def headline(self, group: FindingGroup) -> str:
        return plural(group.count, "id") + " used twice at the same time"

    def cause(self, group: FindingGroup) -> str:
        if group.first.broker:
            return (
                f"{group.named_exchanges()}: both have one inbox, so one caller may "
                f"get the reply of another. {group.packets()}"
            )
        return (
            f"{group.named_exchanges()}: replies are matched by id alone, so one "
            f"caller gets the reply of another. {group.packets()}"
        )

    def hint(self, finding: Finding) -> str:
        if finding.broker:
            return "give every pending request an inbox and an id of its own"
        return self.fix
