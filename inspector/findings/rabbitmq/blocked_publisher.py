"""A client whose messages the broker takes no more.

Source: ``rabbitmq.com/docs/connection-blocked``, ``rabbitmq.com/docs/alarms``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.seen import Anomaly
from inspector.findings.finding import Severity
from inspector.findings.noticed import AnomalyRule
from inspector.findings.phrases import quote
from inspector.findings.registry import finding
from inspector.findings.rule import Details
from inspector.words import plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context


@finding(
    "blocked-publisher", Severity.ERROR, about=Anomaly, rank=18, carrier="rabbitmq"
)
class BlockedPublisher(AnomalyRule):
    """A client whose messages the broker takes no more."""

    fix = (
        "free memory or disk of the broker, or raise vm_memory_high_watermark or "
        "disk_free_limit; consume the queues that grow"
    )
    see = "follow"

    def details(self, anomaly: Anomaly, _context: Context) -> Details:
        return Details(detail=quote(anomaly.reason))

    def message(self, finding: Finding) -> str:
        client = finding.called(finding.connection.client_text)
        return f"{finding.reached} takes nothing more from {client}: {finding.detail}"

    def headline(self, group: FindingGroup) -> str:
        return f"{plural(group.count, 'client')} blocked by the broker"

    def cause(self, group: FindingGroup) -> str:
        first = group.first
        return (
            f"{first.reached} says {group.example()}. It reads nothing more of who "
            "publishes until that is over: calls wait, replies of such a service too. "
            f"{group.packets()}"
        )
