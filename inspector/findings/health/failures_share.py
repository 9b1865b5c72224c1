"""What all failed calls carry, and no other call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.findings.concluded import ConcludedRule
from inspector.findings.conclusions import Shared
from inspector.findings.finding import Severity
from inspector.findings.phrases import quote
from inspector.findings.registry import finding
from inspector.words import listing, plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup


@finding("failures-share", Severity.NOTE, about=Shared, rank=1)
class FailuresShare(ConcludedRule[Shared]):
    """What all failed calls carry, and no other call."""

    fix = "check first how the service handles it"
    see = "exchanges --where 'outcome == \"error\"' --fields 'route, data, err'"

    def subject(self, shared: Shared) -> str:
        return shared.text

    def detail(self, shared: Shared) -> str:
        return listing(shared.paths)

    def message(self, finding: Finding) -> str:
        shared = finding.concluded(Shared)
        return f"all {shared.failed:,} calls that failed carry {finding.detail}"

    def headline(self, group: FindingGroup) -> str:
        shared = group.first.concluded(Shared)
        return f"All {shared.failed:,} failed calls carry {group.first.detail}"

    def cause(self, group: FindingGroup) -> str:
        shared = group.first.concluded(Shared)
        since = "" if shared.whole else " after the first failure"
        calls = plural(shared.others, "other call")
        text = quote(shared.text)
        return (
            f"The {calls}{since} do not. The failed calls ended with {text}; the "
            f"first is {group.exchanges()}. {group.packets()}"
        )
