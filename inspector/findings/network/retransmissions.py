"""Segments that were sent again."""

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
    """Segments that were sent again."""

    fix = "look at the network between the two, or at a host that is overloaded"

    def applies(self, disturbance: Disturbance) -> bool:
        return disturbance.kind == "retransmission"

    def details(self, disturbance: Disturbance, _context: Context) -> Details:
        return Details(size=disturbance.count)

    def message(self, finding: Finding) -> str:
        return f"{plural(finding.size, 'segment')} sent again"

    def headline(self, group: FindingGroup) -> str:
        return plural(group.size, "segment") + " sent again"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"On {plural(group.count, 'connection')} bytes were lost, late, or taken "
            f"for lost; a call waits 200 ms or more for them. {group.packets()}"
        )
