"""Bytes that are not a value of Redis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.seen import Anomaly
from inspector.findings.finding import Severity
from inspector.findings.noticed import AnomalyRule
from inspector.findings.registry import finding
from inspector.findings.rule import Details
from inspector.words import plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context


@finding("redis-protocol", Severity.ERROR, about=Anomaly, rank=16, carrier="redis")
class RedisProtocol(AnomalyRule):
    """Bytes that are not a value of Redis."""

    fix = (
        "look at what writes to this connection: a library for Redis counts bytes and "
        "ends each line with CR LF"
    )
    see = "follow"

    def details(self, anomaly: Anomaly, _context: Context) -> Details:
        return Details(detail=anomaly.reason)

    def message(self, finding: Finding) -> str:
        return f"the {finding.speaker} sent what Redis cannot read: {finding.detail}"

    def headline(self, group: FindingGroup) -> str:
        return f"{plural(group.count, 'value')} that Redis cannot read"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"The {group.first.speaker} sent such bytes: {group.example()}. A server "
            "answers with “Protocol error”, and closes the connection. "
            f"{group.packets()}"
        )
