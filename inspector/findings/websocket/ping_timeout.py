"""A side that was left because it did not answer pings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.seen import Remark
from inspector.findings.finding import Severity
from inspector.findings.noticed import RemarkRule
from inspector.findings.registry import finding
from inspector.words import duration, duration_range, plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup


@finding("ping-timeout", Severity.WARNING, about=Remark, rank=57)
class PingTimeout(RemarkRule):
    """A side that was left because it did not answer pings."""

    fix = (
        "look at what the process did then: an event loop that is blocked answers no "
        "pings; or raise pingTimeout"
    )
    see = "packets"

    def message(self, finding: Finding) -> str:
        waited = duration(finding.duration_ns)
        return f"the {finding.sender} did not answer a ping for {waited}"

    def headline(self, group: FindingGroup) -> str:
        return f"{plural(group.count, 'connection')} ended without an answer to a ping"

    def cause(self, group: FindingGroup) -> str:
        waited = duration_range(group.shortest_ns, group.longest_ns)
        return (
            f"The {group.first.sender} had been sent a ping, and did not answer for "
            f"{waited}, until the connection ended. {group.packets()}"
        )
