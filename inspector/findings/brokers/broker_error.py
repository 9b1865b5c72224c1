"""An error that a broker sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.seen import Anomaly
from inspector.findings.broker_words import objection_in
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
    from inspector.streams.connections import Connection


@finding("broker-error", Severity.ERROR, about=Anomaly, rank=14)
class BrokerError(AnomalyRule):
    """An error that a broker sent."""

    see = "follow"

    def details(self, anomaly: Anomaly, _context: Context) -> Details:
        objection = objection_in(anomaly.reason, _carrier(anomaly.direction.connection))
        return Details(
            severity=objection.severity,
            subject=objection.key or anomaly.reason,
            detail=quote(anomaly.reason),
        )

    def message(self, finding: Finding) -> str:
        to = finding.called(finding.connection.client_text)
        return f"{finding.service} sent {to} the error {finding.detail}"

    def headline(self, group: FindingGroup) -> str:
        text = group.first.detail if len(group.details) == 1 else _kind(group)
        return f"{plural(group.count, 'error')} of {group.first.broker}: {text}"

    def cause(self, group: FindingGroup) -> str:
        first = group.first
        to = first.called(first.connection.client_text)
        which = f": {group.example()}" if len(group.details) > 1 else ""
        cause = objection_in(first.subject, _carrier(first.connection)).cause
        return f"{first.service} sent it to {to}{which}. {cause} {group.packets()}"

    def hint(self, finding: Finding) -> str:
        return objection_in(finding.subject, _carrier(finding.connection)).fix


def _carrier(connection: Connection) -> str:
    """Return what a broker speaks, also where no packet of Nest has passed."""
    return connection.carrier or connection.service


def _kind(group: FindingGroup) -> str:
    return f"“{group.first.subject}”"
