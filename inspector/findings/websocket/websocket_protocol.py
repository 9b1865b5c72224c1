"""Bytes that are not WebSocket, Engine.IO or Socket.IO."""

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


@finding("websocket-protocol", Severity.ERROR, about=Anomaly, rank=24)
class WebSocketProtocol(AnomalyRule):
    """Bytes that are not WebSocket, Engine.IO or Socket.IO."""

    fix = (
        "look at what writes to this connection: a library for WebSocket masks and "
        "counts bytes, and one for Socket.IO writes its packets"
    )
    see = "follow"

    def message(self, finding: Finding) -> str:
        return f"the {finding.speaker} sent a malformed message: {finding.detail}"

    def headline(self, group: FindingGroup) -> str:
        return f"{plural(group.count, 'message')} that WebSocket cannot read"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"The {group.first.speaker} sent such a message: {group.example()}. Who "
            f"gets one closes the connection, or drops the message. {group.packets()}"
        )
