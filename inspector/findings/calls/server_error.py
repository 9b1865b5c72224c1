"""Errors whose status code says that the server failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.findings.concluded import ConcludedRule
from inspector.findings.conclusions import ThrownError
from inspector.findings.finding import Severity
from inspector.findings.phrases import quote, servers
from inspector.findings.registry import finding
from inspector.words import plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.ranges import RangeSet


@finding("server-error", Severity.WARNING, about=ThrownError, rank=45)
class ServerError(ConcludedRule[ThrownError]):
    """Errors whose status code says that the server failed."""

    fix = "look in the log of the service at the times of these calls"
    see = "exchanges --where 'err.statusCode >= 500 or err.status >= 500'"

    def applies(self, thrown: ThrownError) -> bool:
        return thrown.status is not None

    def subject(self, thrown: ThrownError) -> str:
        return str(thrown.status)

    def detail(self, thrown: ThrownError) -> str:
        return quote(thrown.text or "")

    def further(self, thrown: ThrownError) -> RangeSet:
        return thrown.packets

    def message(self, finding: Finding) -> str:
        thrown = finding.concluded(ThrownError)
        who = finding.name if thrown.failed == 1 else plural(thrown.failed, "call")
        text = f": {finding.detail}" if finding.detail else ""
        return f"{who} failed with status {thrown.status}{text}"

    def headline(self, group: FindingGroup) -> str:
        thrown = group.first.concluded(ThrownError)
        return f"{plural(thrown.failed, 'failure')} with status {thrown.status}"

    def cause(self, group: FindingGroup) -> str:
        first, thrown = group.first, group.first.concluded(ThrownError)
        where = servers(first, thrown.servers)
        others = ", for example" if thrown.more else ""
        text = f": {first.detail}{others}" if first.detail else ""
        return f"{thrown.routes} on {where}{text}. {group.packets()}"

    def weight(self, group: FindingGroup) -> int:
        return group.first.concluded(ThrownError).failed
