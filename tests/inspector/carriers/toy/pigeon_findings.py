"""What is worth knowing of pigeons: a line that says nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.seen import Anomaly
from inspector.findings.finding import Severity
from inspector.findings.noticed import AnomalyRule
from inspector.findings.registry import finding

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup


@finding("smudged", Severity.ERROR, about=Anomaly, carrier="pigeon")
class Smudged(AnomalyRule):
    """A line that says nothing."""

    fix = "write one message to a line"

    def message(self, finding: Finding) -> str:
        return f"the {finding.sender} sent a line that is smudged: {finding.detail}"

    def headline(self, group: FindingGroup) -> str:
        return f"{group.count:,} smudged"

    def cause(self, group: FindingGroup) -> str:
        return f"The {group.first.sender} sent {group.example()}. {group.packets()}"
