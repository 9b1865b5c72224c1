"""A connection, or a namespace, that a gateway refuses."""

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

_PATH = "compare the path with that of the gateway"
_REMEDIES = (
    ("“Session ID unknown”", "let all requests of a session reach the same process"),
    ("“Unauthorized”", "look at the token that the client sends, and who checks it"),
    ("“Invalid namespace”", "compare the namespace with those of the gateways"),
    ("400", "compare path and headers with what gateway and allowRequest want"),
    ("401", "look at the token that the client sends, and who checks it"),
    ("403", "look at allowRequest, verifyClient or CORS of the gateway"),
    ("404", _PATH),
    ("the end", _PATH),
)


@finding("refused-handshake", Severity.WARNING, about=Anomaly, rank=31)
class RefusedHandshake(AnomalyRule):
    """A connection, or a namespace, that a gateway refuses."""

    see = "packets"

    def details(self, anomaly: Anomaly, _context: Context) -> Details:
        return Details(subject=anomaly.reason)

    def message(self, finding: Finding) -> str:
        return f"{finding.service} refused a client: {finding.subject}"

    def headline(self, group: FindingGroup) -> str:
        return f"{plural(group.count, 'handshake')} refused"

    def cause(self, group: FindingGroup) -> str:
        first = group.first
        return f"{first.service} answered with {first.subject}. {group.packets()}"

    def hint(self, finding: Finding) -> str:
        for word, remedy in _REMEDIES:
            if word in finding.subject:
                return remedy
        return "look in the log of the gateway, and at what its middleware asks for"
