"""A group whose partitions were shared out anew."""

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


@finding("rebalance", Severity.NOTE, about=Remark, rank=351, carrier="kafka")
class Rebalance(RemarkRule):
    """A group whose partitions were shared out anew."""

    fix = (
        "start and stop consumers one at a time; if none did, a handler took longer "
        "than sessionTimeout without a heartbeat"
    )
    see = "packets"

    def message(self, finding: Finding) -> str:
        took = duration(finding.duration_ns)
        return f"the group {finding.subject} was rebalanced for {took}"

    def headline(self, group: FindingGroup) -> str:
        return f"{plural(group.count, 'rebalance')} of the group {group.first.subject}"

    def cause(self, group: FindingGroup) -> str:
        took = duration_range(group.shortest_ns, group.longest_ns)
        return (
            "A consumer came or went, and the others had to join again: for "
            f"{took} each such consumer read nothing. {group.packets()}"
        )
