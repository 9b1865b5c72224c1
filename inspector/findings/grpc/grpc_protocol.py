"""Bytes that are not a frame of HTTP/2, or not a message of gRPC."""

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


@finding("grpc-protocol", Severity.ERROR, about=Anomaly, rank=28, carrier="grpc")
class GrpcProtocol(AnomalyRule):
    """Bytes that are not a frame of HTTP/2, or not a message of gRPC."""

    fix = "look at what writes to this connection: a library for gRPC writes no such"
    see = "follow"

    def message(self, finding: Finding) -> str:
        return f"the {finding.speaker} sent a malformed frame: {finding.detail}"

    def headline(self, group: FindingGroup) -> str:
        return f"{plural(group.count, 'frame')} that HTTP/2 cannot read"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"The {group.first.speaker} sent {group.example()}. Who gets such bytes "
            f"ends the connection with GOAWAY. {group.packets()}"
        )
