"""A body that is not JSON."""

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


@finding("invalid-json", Severity.ERROR, about=Anomaly, rank=180)
class InvalidJson(AnomalyRule):
    """A body that is not JSON."""

    fix = "the length in UTF-16 code units; it is often the length that is wrong"

    def message(self, finding: Finding) -> str:
        return f"{finding.detail} from the {finding.sender}"

    def headline(self, group: FindingGroup) -> str:
        return plural(group.count, "frame") + " whose body is not JSON"

    def cause(self, group: FindingGroup) -> str:
        return f"{group.first.detail.capitalize()}. {losses(group)} {group.packets()}"
