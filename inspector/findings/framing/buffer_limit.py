"""Bytes above the limit of Nest's reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.seen import Anomaly
from inspector.findings.finding import Severity
from inspector.findings.noticed import AnomalyRule
from inspector.findings.registry import finding
from inspector.words import plural, sentence

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup


@finding("buffer-limit", Severity.ERROR, about=Anomaly, rank=190)
class BufferLimit(AnomalyRule):
    """Bytes above the limit of Nest's reader."""

    fix = "send smaller messages, or raise the option maxBufferSize"
    see = "follow"

    def message(self, finding: Finding) -> str:
        return f"{finding.detail}, from the {finding.sender}"

    def headline(self, group: FindingGroup) -> str:
        return plural(group.count, "frame") + " above Nest's buffer limit"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"{sentence(group.example())}. Nest drops them and closes the connection. "
            f"{group.packets()}"
        )
