"""More than Nest's reader holds."""

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


@finding("buffer-limit", Severity.ERROR, about=Anomaly, rank=190)
class BufferLimit(AnomalyRule):
    """More than Nest's reader holds."""

    fix = "smaller messages, or the option maxBufferSize"

    def message(self, finding: Finding) -> str:
        return f"{finding.detail} from the {finding.sender}"

    def headline(self, group: FindingGroup) -> str:
        return plural(group.count, "frame") + " above Nest's buffer limit"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"{group.first.detail}. Nest drops them and closes the connection. "
            f"{group.packets()}"
        )
