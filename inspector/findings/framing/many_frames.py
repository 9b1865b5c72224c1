"""Thousands of frames at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.seen import Remark
from inspector.findings.finding import Severity
from inspector.findings.noticed import RemarkRule
from inspector.findings.registry import finding
from inspector.findings.rule import Details
from inspector.words import plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context


@finding("many-frames", Severity.NOTE, about=Remark, rank=200)
class ManyFrames(RemarkRule):
    """Thousands of frames at once."""

    fix = "use Nest 11.1.19 or later; Nest's clients never write such bursts"
    see = "packets"

    def details(self, remark: Remark, context: Context) -> Details:
        fatal = context.nest.reads_by_recursion
        return Details(
            severity=Severity.ERROR if fatal else Severity.NOTE, size=remark.size
        )

    def message(self, finding: Finding) -> str:
        return f"{plural(finding.size, 'frame')} from the {finding.sender} at once"

    def headline(self, group: FindingGroup) -> str:
        if group.count == 1:
            return plural(group.size, "frame") + " at once"
        return f"{plural(group.size, 'frame')} in {plural(group.count, 'burst')}"

    def cause(self, group: FindingGroup) -> str:
        return (
            "Nest up to 11.1.18 recurses for each of the frames that arrive at once "
            "(CVE-2026-40879) until its stack overflows: then 8 and later close the "
            "connection, and 7 ends the process. Nest 11.1.19 and later read them "
            f"all. {group.packets()}"
        )
