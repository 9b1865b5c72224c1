"""A side that has no room for more bytes."""

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


@finding("zero-window", Severity.WARNING, about=Disturbance, rank=270)
class ZeroWindow(Rule[Disturbance]):
    """A side that has no room for more bytes."""

    def applies(self, disturbance: Disturbance) -> bool:
        return disturbance.kind == "zero window"

    def details(self, disturbance: Disturbance, _context: Context) -> Details:
        return Details(size=disturbance.count)

    def message(self, finding: Finding) -> str:
        return (
            f"the {finding.sender} had no room for more, {plural(finding.size, 'time')}"
        )

    def headline(self, group: FindingGroup) -> str:
        return f"no room at the {group.first.sender}, {plural(group.size, 'time')}"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"The {group.first.sender} does not read as fast as the other side writes: "
            "its process is busy or stopped. Nest 11.2.5 and later drop a peer that "
            f"lets 128 MiB wait. {group.packets()}"
        )

    def hint(self, finding: Finding) -> str:
        return f"look what keeps the event loop of the {finding.sender} busy"
