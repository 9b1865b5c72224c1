"""Packets that the capture truncated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.findings.finding import Severity
from inspector.findings.registry import finding
from inspector.findings.rule import Details, Rule
from inspector.streams.items import Gap
from inspector.words import plural, size

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context


@finding("snap-length", Severity.WARNING, about=Gap, rank=284)
class SnapLength(Rule[Gap]):
    """Packets that the capture truncated."""

    fix = "capture whole packets: tcpdump -s 0"
    see = "packets"
    either_side = True  # a snap length cuts both

    def applies(self, gap: Gap) -> bool:
        return gap.cut

    def details(self, gap: Gap, _context: Context) -> Details:
        return Details(size=gap.size)

    def message(self, finding: Finding) -> str:
        return (
            f"the capture truncated packets of the {finding.speaker} by "
            f"{size(finding.size)}"
        )

    def headline(self, group: FindingGroup) -> str:
        return f"packets truncated by {size(group.size)}"

    def cause(self, group: FindingGroup) -> str:
        return (
            "The capture keeps only the beginning of each packet (its snap length): "
            f"{size(group.size)} were sent and not kept, in "
            f"{plural(group.count, 'hole')}. Calls around a hole are in doubt. "
            f"{group.packets()}"
        )
