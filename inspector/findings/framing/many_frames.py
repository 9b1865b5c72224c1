"""Thousands of frames at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.seen import Remark
from inspector.findings.finding import Severity
from inspector.findings.noticed import RemarkRule
from inspector.findings.registry import finding
from inspector.findings.rule import Details

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context


@finding("many-frames", Severity.NOTE, about=Remark, rank=200)
class ManyFrames(RemarkRule):
    """Thousands of frames at once."""

    fix = "Nest 11.1.19 or later; no client of Nest writes such frames"

    def details(self, remark: Remark, context: Context) -> Details:
        fatal = context.nest.reads_by_recursion
        return Details(
            severity=Severity.ERROR if fatal else Severity.NOTE, size=remark.size
        )

    def message(self, finding: Finding) -> str:
        return f"{finding.size:,} frames from the {finding.sender} at once"

    def headline(self, group: FindingGroup) -> str:
        return f"{group.size:,} frames at once"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"{group.size:,} frames came at once (CVE-2026-40879). Nest up to 11.1.18 "
            "calls itself for each of them until its stack is full: 8 and later close "
            "the connection, 7 ends the process. From 11.1.19 on all are read. "
            f"{group.packets()}"
        )
