"""JSON that is not a packet of Nest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.seen import Anomaly
from inspector.findings.finding import Severity
from inspector.findings.noticed import AnomalyRule
from inspector.findings.registry import finding
from inspector.words import plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup


@finding("unknown-packet", Severity.NOTE, about=Anomaly, rank=240)
class UnknownPacket(AnomalyRule):
    """JSON that is not a packet of Nest."""

    fix = "send an object with pattern and data, or with id and response"
    see = "follow"

    def message(self, finding: Finding) -> str:
        return f"the {finding.sender} sent {finding.detail}"

    def headline(self, group: FindingGroup) -> str:
        return plural(group.count, "frame") + " with JSON that is not a packet"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"The {group.first.sender} sent {group.example()}. Nest ignores such JSON. "
            f"{group.packets()}"
        )
