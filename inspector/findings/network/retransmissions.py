"""Segments that were retransmitted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.findings.evidence import Disturbance
from inspector.findings.finding import Severity
from inspector.findings.registry import finding
from inspector.findings.rule import Details, Rule
from inspector.words import plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context


@finding("retransmissions", Severity.NOTE, about=Disturbance, rank=310)
class Retransmissions(Rule[Disturbance]):
    """Segments that were retransmitted."""

    fix = "check the network between the two sides, and whether a host is overloaded"
    see = "packets"

    def applies(self, disturbance: Disturbance) -> bool:
        return disturbance.kind == "retransmission"

    def details(self, disturbance: Disturbance, _context: Context) -> Details:
        return Details(size=disturbance.count)

    def message(self, finding: Finding) -> str:
        return plural(finding.size, "segment") + " retransmitted"

    def headline(self, group: FindingGroup) -> str:
        return plural(group.size, "segment") + " retransmitted"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"On {plural(group.count, 'connection')}, bytes were lost, delayed, or "
            "presumed lost; the bytes after them had to wait. " + group.packets()
        )
