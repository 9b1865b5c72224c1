"""Bytes that are not a control packet of MQTT."""

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


@finding("mqtt-protocol", Severity.ERROR, about=Anomaly, rank=17, carrier="mqtt")
class MqttProtocol(AnomalyRule):
    """Bytes that are not a control packet of MQTT."""

    fix = (
        "look at what writes to this connection: a library for MQTT counts bytes, and "
        "writes what its level allows"
    )
    see = "follow"

    def message(self, finding: Finding) -> str:
        return f"the {finding.speaker} sent a malformed packet: {finding.detail}"

    def headline(self, group: FindingGroup) -> str:
        return f"{plural(group.count, 'packet')} that MQTT cannot read"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"The {group.first.speaker} sent such a packet: {group.example()}. Who "
            f"gets one closes the connection. {group.packets()}"
        )
