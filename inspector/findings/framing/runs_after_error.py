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

    fix = "connect anew after an error; do not count on its having no effect"

    def message(self, finding: Finding) -> str:
        return f"{finding.route or 'a packet'} came after an unreadable frame"

    def headline(self, group: FindingGroup) -> str:
        return plural(group.count, "connection") + " that went on after an error"

    def cause(self, group: FindingGroup) -> str:
        return (
            "Nest has closed its side after the unreadable frame, but still reads: "
            f"handlers run, and their replies go nowhere. {group.packets()}"
        )
