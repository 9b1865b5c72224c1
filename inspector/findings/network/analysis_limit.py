"""A limit of the inspection that was reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.findings.finding import Severity
from inspector.findings.registry import finding
from inspector.findings.rule import Details, Rule
from inspector.streams.items import Limited
from inspector.words import times

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context


@finding("analysis-limit", Severity.WARNING, about=Limited, rank=300)
class AnalysisLimit(Rule[Limited]):
    """A limit of the inspection that was reached."""

    fix = "raise the limit, or capture fewer connections"

    def details(self, limited: Limited, _context: Context) -> Details:
        return Details(subject=limited.limit.replace("_", " "))

    def message(self, finding: Finding) -> str:
        return f"the inspection reached its limit for {finding.subject}"

    def headline(self, group: FindingGroup) -> str:
        return f"limit of the inspection reached: {group.first.subject}"

    def hint(self, finding: Finding) -> str:
        if finding.subject == "exchanges":
            return "capture for less long, or fewer services"
        return self.fix

    def cause(self, group: FindingGroup) -> str:
        return (
            f"To keep memory bounded, data was discarded {times(group.count)}. Calls "
            f"around it are in doubt. {group.packets()}"
        )
