"""A connection that a side reset."""

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


@finding("connection-reset", Severity.WARNING, about=Disturbance, rank=260)
class ConnectionReset(Rule[Disturbance]):
    """A connection that a side reset."""

    see = "packets"

    def applies(self, disturbance: Disturbance) -> bool:
        return disturbance.kind == "reset"

    def details(self, disturbance: Disturbance, _context: Context) -> Details:
        return Details(size=disturbance.count)

    def message(self, finding: Finding) -> str:
        return f"the {finding.speaker} reset the connection"

    def headline(self, group: FindingGroup) -> str:
        return plural(group.count, "connection") + " reset"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"The {group.first.speaker} sent an RST: its process ended, it destroyed "
            "the connection with bytes unread, or no process listened. "
            f"{_loss(group.first)} {group.packets()}"
        )

    def hint(self, finding: Finding) -> str:
        return f"look in the log of the {finding.speaker} at that time"


def _loss(finding: Finding) -> str:
    """Return what becomes of pending calls: clients of brokers connect again."""
    if finding.broker:
        return "Its client connects again, and pending calls wait meanwhile."
    return "Pending calls are lost."
