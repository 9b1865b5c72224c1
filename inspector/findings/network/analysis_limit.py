"""A limit of the inspection that was reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.findings.finding import Severity
from inspector.findings.registry import finding
from inspector.findings.rule import Details, Rule
from inspector.streams.items import Limited
from inspector.words import plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context


@finding("analysis-limit", Severity.WARNING, about=Limited, rank=300)
class AnalysisLimit(Rule[Limited]):
    """A limit of the inspection that was reached."""

    fix = "a higher limit, or a capture of fewer connections"

    def details(self, limited: Limited, _context: Context) -> Details:
        return Details(subject=limited.limit.replace("_", " "))

    def message(self, finding: Finding) -> str:
        return f"the limit {finding.subject} of the inspection was reached"

    def headline(self, group: FindingGroup) -> str:
        return f"limit of the inspection reached: {group.first.subject}"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"{plural(group.count, 'time')} something was given up to keep memory "
            f"bounded; calls around it are in doubt. {group.packets()}"
        )
