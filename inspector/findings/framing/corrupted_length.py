"""A length that is not a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.seen import Anomaly
from inspector.findings.finding import Severity
from inspector.findings.noticed import AnomalyRule
from inspector.findings.phrases import losses
from inspector.findings.registry import finding
from inspector.words import plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup


@finding("corrupted-length", Severity.ERROR, about=Anomaly, rank=170)
class CorruptedLength(AnomalyRule):
    """A length that is not a number."""

    fix = (
        "write the length in UTF-16 code units as a decimal number, then # and the JSON"
    )
    see = "follow"

    def message(self, finding: Finding) -> str:
        return f"{finding.detail} from the {finding.sender}"

    def headline(self, group: FindingGroup) -> str:
        return plural(group.count, "frame") + " with a corrupted length"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"The {group.first.sender} sent a {group.example()}. {losses(group)} "
            f"{group.packets()}"
        )
