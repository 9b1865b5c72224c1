"""Calls that waited until another was answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.findings.concluded import ConcludedRule
from inspector.findings.conclusions import BlockedServer
from inspector.findings.finding import Severity
from inspector.findings.registry import finding
from inspector.words import clock, duration, plural, times

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup


@finding("blocked-loop", Severity.WARNING, about=BlockedServer, rank=5)
class BlockedLoop(ConcludedRule[BlockedServer]):
    """Calls that waited until another was answered."""

    def message(self, finding: Finding) -> str:
        server = finding.concluded(BlockedServer)
        waited = plural(server.waiting, "call")
        return f"{waited} waited until {finding.name} #{server.first} was answered"

    def headline(self, group: FindingGroup) -> str:
        server = group.first.concluded(BlockedServer)
        waited = plural(server.waiting, "call")
        return f"{waited} waited until another was answered"

    def cause(self, group: FindingGroup) -> str:
        server = group.first.concluded(BlockedServer)
        often = ""
        if server.times > 1:
            often = f" That happened {times(server.times)}; this was the longest."
        return (
            f"{group.services()} answered nothing for {duration(server.time_ns)}, then "
            f"{group.first.name} #{server.first}, and {server.numbers} right after it: "
            "they had arrived in the meantime. Node runs one handler at a time, and "
            f"one that computes blocks all others.{often} {group.packets()}"
        )

    def hint(self, finding: Finding) -> str:
        server = finding.concluded(BlockedServer)
        return (
            f"look at what {finding.service} computed at {clock(server.begin_ns)} UTC; "
            "move such work to a worker thread"
        )
