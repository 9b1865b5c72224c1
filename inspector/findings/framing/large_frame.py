"""A frame close to the limit of Nest's reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.seen import Remark
from inspector.findings.finding import Severity
from inspector.findings.noticed import RemarkRule
from inspector.findings.registry import finding
from inspector.words import plural, size

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context, Details


@finding("large-frame", Severity.WARNING, about=Remark, rank=210)
class LargeFrame(RemarkRule):
    """A frame close to the limit of Nest's reader."""

    fix = "send smaller messages, or raise the option maxBufferSize"
    see = "exchanges --sort bytes --limit 5"

    def details(self, remark: Remark, context: Context) -> Details | None:
        if context.nest.max_units is None:
            return None
        return super().details(remark, context)

    def message(self, finding: Finding) -> str:
        return f"a frame of {size(finding.size)} from the {finding.sender}"

    def headline(self, group: FindingGroup) -> str:
        return plural(group.count, "frame") + " close to Nest's buffer limit"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"{size(group.size)} in total. When more than 134,217,728 UTF-16 code "
            "units are buffered, including what follows the frame, Nest drops them "
            f"and closes the connection. {group.packets()}"
        )
