"""Compressed records that nothing installed can read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.seen import Anomaly
from inspector.findings.finding import Severity
from inspector.findings.noticed import AnomalyRule
from inspector.findings.registry import finding
from inspector.words import plural, sentence

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup


@finding("unread-records", Severity.WARNING, about=Anomaly, rank=27, carrier="kafka")
class UnreadRecords(AnomalyRule):
    """Compressed records that nothing installed can read."""

    fix = "install what reads them: pip install 'protocol-inspect[kafka]'"
    see = "packets"

    def message(self, finding: Finding) -> str:
        return f"the {finding.speaker} sent compressed records: {finding.detail}"

    def headline(self, group: FindingGroup) -> str:
        return f"{plural(group.count, 'frame')} with compressed records not read"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"{sentence(group.example())}. The calls and events in them are missing "
            f"here; snappy and lz4 take an extra of this program. {group.packets()}"
        )
