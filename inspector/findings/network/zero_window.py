"""A side that has no room for more bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.findings.evidence import Disturbance
from inspector.findings.finding import Severity
from inspector.findings.registry import finding
from inspector.findings.rule import Details, Rule
from inspector.words import times

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context


# decision 31: A zero window is a finding after 200 ms
@finding("zero-window", Severity.WARNING, about=Disturbance, rank=270)
class ZeroWindow(Rule[Disturbance]):
    """A side that has no room for more bytes."""

    see = "packets"

    def applies(self, disturbance: Disturbance) -> bool:
        return disturbance.kind == "zero window"

    def details(self, disturbance: Disturbance, _context: Context) -> Details:
        return Details(size=disturbance.count)

    def message(self, finding: Finding) -> str:
        return (
            f"the receive window of the {finding.sender} was closed "
            f"{times(finding.size)}"
        )

    def headline(self, group: FindingGroup) -> str:
        return f"receive window of the {group.first.sender} closed {times(group.size)}"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"The {group.first.sender} does not read as fast as the other side writes: "
            "its process is busy or stopped. Nest 11.2.5 and later disconnect a peer "
            f"for which 128 MiB are waiting. {group.packets()}"
        )

    def hint(self, finding: Finding) -> str:
        return f"find out what blocks the {finding.sender}'s event loop"
