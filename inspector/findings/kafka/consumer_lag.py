"""A consumer that is far behind its producers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.seen import Remark
from inspector.findings.finding import Severity
from inspector.findings.noticed import RemarkRule
from inspector.findings.registry import finding
from inspector.words import plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup

LEAST = 100
"""Records from which on a consumer is far behind."""


@finding("consumer-lag", Severity.WARNING, about=Remark, rank=64, carrier="kafka")
class ConsumerLag(RemarkRule):
    """A consumer that is far behind its producers."""

    fix = (
        "find out what the handler waits for; more consumers share a topic if it has "
        "as many partitions"
    )
    see = "exchanges --fields 'number, route, queue_ns'"

    def applies(self, remark: Remark) -> bool:
        return super().applies(remark) and remark.size >= LEAST

    def message(self, finding: Finding) -> str:
        left = plural(finding.size, "record")
        return f"{left} of {finding.subject} were waiting when it was read"

    def headline(self, group: FindingGroup) -> str:
        return f"{group.first.subject}: up to {plural(group.size, 'record')} behind"

    def cause(self, group: FindingGroup) -> str:
        left = plural(group.size, "record")
        return (
            f"When records of {group.first.subject} (topic and partition) were handed "
            f"on, up to {left} after them were waiting. {group.packets()}"
        )
