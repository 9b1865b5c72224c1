"""Calls that failed with one text, where not too many fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.findings.concluded import ConcludedRule
from inspector.findings.conclusions import ThrownError as Thrown
from inspector.findings.finding import Severity
from inspector.findings.phrases import quote, servers
from inspector.findings.registry import finding
from inspector.words import plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.ranges import RangeSet


@finding("thrown-error", Severity.WARNING, about=Thrown, rank=46)
class ThrownError(ConcludedRule[Thrown]):
    """Calls that failed with one text, where not too many fail."""

    fix = "look in the log of the service at the times of these calls"
    see = "exchanges --where 'outcome == \"error\"' --fields 'number, route, err'"

    def applies(self, thrown: Thrown) -> bool:
        return thrown.status is None

    def subject(self, thrown: Thrown) -> str:
        return "other texts" if thrown.text is None else f"text {thrown.text}"

    def further(self, thrown: Thrown) -> RangeSet:
        return thrown.packets

    def message(self, finding: Finding) -> str:
        thrown = finding.concluded(Thrown)
        failed = f"{plural(thrown.failed, 'call')} failed"
        if thrown.text is None:
            return f"{failed} with other texts"
        return f"{failed}: {quote(thrown.text)}" if thrown.text else failed

    def headline(self, group: FindingGroup) -> str:
        return group.first.message

    def cause(self, group: FindingGroup) -> str:
        thrown = group.first.concluded(Thrown)
        where = servers(group.first, thrown.servers)
        return f"{thrown.routes} on {where}. {group.packets()}"

    def weight(self, group: FindingGroup) -> int:
        return group.first.concluded(Thrown).failed
