"""Bytes that the capture lacks."""

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


@finding("capture-gap", Severity.WARNING, about=Gap, rank=290)
class CaptureGap(Rule[Gap]):
    """Bytes that the capture lacks."""

    fix = "use a larger buffer for the capture: tcpdump -B 65536"
    see = "packets"
    either_side = True  # a hole is as wide
    missing = True

    def applies(self, gap: Gap) -> bool:
        return not gap.cut

    def details(self, gap: Gap, _context: Context) -> Details:
        return Details(size=gap.size)

    def message(self, finding: Finding) -> str:
        return f"the capture lacks {size(finding.size)} from the {finding.speaker}"

    def headline(self, group: FindingGroup) -> str:
        return f"the capture lacks {size(group.size)}"

    def cause(self, group: FindingGroup) -> str:
        return (
            "The bytes were sent and acknowledged but not captured, in "
            f"{plural(group.count, 'hole')}. Calls around a hole are in doubt. "
            f"{group.packets()}"
        )
