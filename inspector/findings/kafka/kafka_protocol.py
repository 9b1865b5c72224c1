"""Bytes that are not of Kafka's protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.seen import Anomaly
from inspector.findings.finding import Severity
from inspector.findings.noticed import AnomalyRule
from inspector.findings.registry import finding
from inspector.words import plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup


@finding("kafka-protocol", Severity.ERROR, about=Anomaly, rank=26, carrier="kafka")
class KafkaProtocol(AnomalyRule):
    """Bytes that are not of Kafka's protocol."""

    fix = (
        "look at what writes to this connection; records of a producer older than "
        "Kafka 0.11 have no headers, which Nest needs"
    )
    see = "follow"

    def message(self, finding: Finding) -> str:
        return f"the {finding.speaker} sent a malformed frame: {finding.detail}"

    def headline(self, group: FindingGroup) -> str:
        return f"{plural(group.count, 'frame')} of Kafka that cannot be read"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"The {group.first.speaker} sent such a frame: {group.example()}. "
            f"{group.packets()}"
        )
