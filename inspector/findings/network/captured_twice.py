"""Packets that were captured twice."""

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


@finding("captured-twice", Severity.NOTE, about=Disturbance, rank=320)
class CapturedTwice(Rule[Disturbance]):
    """Packets that were captured twice."""

    fix = "capture on one interface: tcpdump -i eth0 instead of -i any"
    see = "packets"

    def applies(self, disturbance: Disturbance) -> bool:
        return disturbance.kind == "copy"

    def details(self, disturbance: Disturbance, _context: Context) -> Details:
        return Details(size=disturbance.count)

    def message(self, finding: Finding) -> str:
        return f"{plural(finding.size, 'packet')} captured twice"

    def headline(self, group: FindingGroup) -> str:
        return plural(group.size, "packet") + " captured twice"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"On {plural(group.count, 'connection')}, packets passed several "
            "interfaces of the host and were captured at each. The copies are not "
            f"counted otherwise. {group.packets()}"
        )
