"""A client whose session another took over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.findings.finding import Severity
from inspector.findings.habits import shown
from inspector.findings.registry import finding
from inspector.findings.rule import Details, Rule
from inspector.findings.takeovers import TakenOver
from inspector.words import plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context


@finding("session-taken-over", Severity.WARNING, about=TakenOver, rank=43)
class SessionTakenOver(Rule[TakenOver]):
    """A client whose session another took over."""

    fix = "give each process a clientId of its own, or none"
    see = "packets"

    def details(self, taken: TakenOver, _context: Context) -> Details:
        return Details(
            subject=f"“{shown(taken.session)}”",
            detail=taken.client,
            ended_in=taken.packet,
        )

    def message(self, finding: Finding) -> str:
        by, other = finding.connection.client_text, finding.called(finding.detail)
        return (
            f"{finding.called(by)} took over {finding.subject}, the session of {other}"
        )

    def headline(self, group: FindingGroup) -> str:
        return f"{plural(group.count, 'client')} ended for another of the same name"

    def cause(self, group: FindingGroup) -> str:
        first = group.first
        return (
            f"A client connected as {first.subject}, the client identifier of another, "
            f"and {first.reached} ended that one's connection ({group.ended_in()}). "
            "Each connects again and ends the other; calls that wait meanwhile have no "
            f"reply. {group.packets()}"
        )
