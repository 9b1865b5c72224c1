"""Calls that fail one after the other, from some time on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.findings.concluded import ConcludedRule
from inspector.findings.conclusions import Burst
from inspector.findings.finding import Severity
from inspector.findings.registry import finding
from inspector.words import clock, duration, plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup


@finding("error-burst", Severity.WARNING, about=Burst, rank=3)
class ErrorBurst(ConcludedRule[Burst]):
    """Calls that fail one after the other, from some time on."""

    see = "timeline --where 'outcome == \"error\"'"

    def message(self, finding: Finding) -> str:
        burst = finding.concluded(Burst)
        since = f"{clock(burst.first_ns)} UTC"
        return (
            f"{burst.failed:,} consecutive calls of {finding.name} failed, from "
            f"{since} on"
        )

    def headline(self, group: FindingGroup) -> str:
        burst = group.first.concluded(Burst)
        since = f"{clock(burst.first_ns)} UTC"
        return f"{burst.failed:,} consecutive calls failed, from {since} on"

    def cause(self, group: FindingGroup) -> str:
        burst = group.first.concluded(Burst)
        where = f"{group.first.name} on {group.services()}, first {group.exchanges()}"
        ended = ", and none after them"
        if burst.after:
            ended = f", and {burst.after:,} after them"
        well = f"{plural(burst.before, 'call')} before them did not fail{ended}"
        took = duration(burst.last_ns - burst.first_ns)
        return f"{where}: {took} from the first to the last. {well}. {group.packets()}"

    def weight(self, group: FindingGroup) -> int:
        return group.first.concluded(Burst).failed

    def hint(self, finding: Finding) -> str:
        since = f"{clock(finding.concluded(Burst).first_ns)} UTC"
        return f"find out what changed for {finding.service} at {since}"
