"""A connection that carried nothing."""

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


@finding("empty-connection", Severity.NOTE, about=Remark, rank=330)
class EmptyConnection(RemarkRule):
    """A connection that carried nothing."""

    fix = "none needed; a probe can send a message and wait for the reply"

    def message(self, finding: Finding) -> str:
        return f"a connection to {finding.service} that carried nothing"

    def headline(self, group: FindingGroup) -> str:
        return plural(group.count, "connection") + " that carried nothing"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"Opened to {group.services()} and closed again: a health probe or a "
            f"port scan. It does Nest no harm. {group.packets()}"
        )
