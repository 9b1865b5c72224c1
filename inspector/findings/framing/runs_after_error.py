"""A packet after a frame that could not be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.seen import Remark
from inspector.findings.finding import Severity
from inspector.findings.noticed import RemarkRule
from inspector.findings.registry import finding
from inspector.words import plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup


@finding("runs-after-error", Severity.WARNING, about=Remark, rank=230)
class RunsAfterError(RemarkRule):
    """A packet after a frame that could not be read."""

    fix = "open a new connection after an error; on the old one handlers may still run"
    see = "follow"

    def message(self, finding: Finding) -> str:
        return f"{finding.name} arrived after an unreadable frame"

    def headline(self, group: FindingGroup) -> str:
        return plural(group.count, "connection") + " still used after an error"

    def cause(self, group: FindingGroup) -> str:
        return (
            "After an unreadable frame, Nest closes its side but still reads: "
            f"handlers run, and their replies are dropped. {group.packets()}"
        )
