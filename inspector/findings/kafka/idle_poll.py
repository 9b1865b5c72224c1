"""Polls that bring nothing, and fill a capture.

Source: ``kafkajs``, ``consumer``, ``maxWaitTimeInMs``.
"""

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

LEAST = 20
"""Polls in vain from which on there are many …"""
SLOW_NS = 1_000_000_000
"""… if they come faster than that; kafkajs waits 5 s, unless it is told otherwise."""


@finding("idle-poll", Severity.NOTE, about=Remark, rank=352, carrier="kafka")
class IdlePoll(RemarkRule):
    """Polls that bring nothing, and fill a capture."""

    fix = (
        "raise maxWaitTimeInMs of the consumer: a broker answers sooner if it has "
        "records"
    )
    see = "packets"

    def applies(self, remark: Remark) -> bool:
        often = 0 < remark.duration_ns < SLOW_NS
        return super().applies(remark) and remark.size >= LEAST and often

    def message(self, finding: Finding) -> str:
        every = duration(finding.duration_ns)
        return (
            f"{finding.size:,} of {plural(int(finding.detail), 'poll')} brought "
            f"nothing, one every {every}"
        )

    def headline(self, group: FindingGroup) -> str:
        return f"{plural(group.size, 'poll')} that brought nothing"

    def cause(self, group: FindingGroup) -> str:
        every = duration_range(group.shortest_ns, group.longest_ns)
        return (
            f"{plural(group.count, 'consumer')} asked for records every {every}, and "
            f"had none. Each time takes two packets. {group.packets()}"
        )
