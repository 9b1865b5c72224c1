"""Bytes that are not AMQP."""

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


@finding("amqp-protocol", Severity.ERROR, about=Anomaly, rank=22, carrier="rabbitmq")
class AmqpProtocol(AnomalyRule):
    """Bytes that are not AMQP."""

    fix = (
        "look at what writes to this connection: it may lie about the size of a frame, "
        "or share a channel between threads"
    )
    see = "follow"

    def message(self, finding: Finding) -> str:
        return f"the {finding.speaker} sent what is not AMQP: {finding.detail}"

    def headline(self, group: FindingGroup) -> str:
        return f"{plural(group.count, 'frame')} that RabbitMQ cannot read"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"The {group.first.speaker} sent such a frame: {group.example()}. RabbitMQ "
            f"closes the connection for that. {group.packets()}"
        )
