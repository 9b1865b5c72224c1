"""JSON that is no packet of Nest's."""

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
    """JSON that is no packet of Nest's."""

    fix = "an object with pattern and data, or id and response"

    def message(self, finding: Finding) -> str:
        return f"JSON that is no packet of Nest's: {finding.detail}"

    def headline(self, group: FindingGroup) -> str:
        return plural(group.count, "frame") + " with JSON that is no packet"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"The {group.first.sender} sent {group.first.detail}. Nest passes over it. "
            f"{group.packets()}"
        )
