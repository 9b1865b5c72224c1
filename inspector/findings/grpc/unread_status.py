"""Calls that may have failed: how they ended cannot be read."""

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


@finding("unread-status", Severity.WARNING, about=Remark, rank=361, carrier="grpc")
class UnreadStatus(RemarkRule):
    """Calls that may have failed: how they ended cannot be read."""

    see = 'exchanges --where \'carrier == "grpc" and outcome == "completed"\''

    def message(self, finding: Finding) -> str:
        return f"how calls ended cannot be read of the {finding.sender}"

    def headline(self, group: FindingGroup) -> str:
        return f"calls may have failed on {plural(group.count, 'connection')}"

    def cause(self, group: FindingGroup) -> str:
        return (
            "HTTP/2 sends a status once and then refers to it; the packet that had it "
            "is not in the capture. Such calls count as completed, in doubt. "
            f"{group.packets()}"
        )

    def hint(self, finding: Finding) -> str:  # noqa: ARG002 — it is always the same
        return "begin to capture before the connection is opened"
