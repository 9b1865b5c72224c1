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

    see = "ladder"

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
            f"{_where(group)} answered nothing for {duration(server.time_ns)}, then "
            f"{group.first.name} #{server.first}, and {server.numbers} right after it: "
            f"they had arrived in the meantime. {_why(server)}{often} {group.packets()}"
        )

    def weight(self, group: FindingGroup) -> int:
        return group.first.concluded(BlockedServer).time_ns

    def hint(self, finding: Finding) -> str:
        server = finding.concluded(BlockedServer)
        when = f"{clock(server.begin_ns)} UTC"
        where = finding.called(server.server) if finding.broker else finding.service
        if server.patterns == 1:
            return (
                f"look at what {where} computed at {when}, or what these "
                "calls waited for: a lock, a pool, a database"
            )
        return (
            f"look at what {where} computed at {when}; move such work to a "
            "worker thread"
        )


def _where(group: FindingGroup) -> str:
    """Return which process that was: a queue group has several."""
    first = group.first
    if first.broker:
        return first.called(first.concluded(BlockedServer).server)
    return group.services()


def _why(server: BlockedServer) -> str:
    """Return what holds calls up; those of one pattern may wait for the same thing."""
    if server.patterns == 1:
        return (
            "Either one of them kept the event loop busy, or all waited for the same "
            "thing."
        )
    return (
        "They are of several patterns: as a rule one handler kept the event loop busy, "
        "which blocks all others."
    )
