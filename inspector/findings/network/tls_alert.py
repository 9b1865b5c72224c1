"""An alert of TLS that breaks a connection off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.seen import Remark
from inspector.findings.finding import Severity
from inspector.findings.noticed import RemarkRule
from inspector.findings.registry import finding
from inspector.words import plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup

_HINTS = {
    "unknown certificate authority": (
        "give the side that objects the authority of the other (ca)"
    ),
    "certificate required": "give the client a certificate (cert and key)",
    "certificate expired": "renew the certificate of the other side",
    "bad certificate": "use a certificate that names the host and is in date",
    "certificate unknown": "use a certificate that names the host and is in date",
    "protocol version": "give both sides a version of TLS in common (minVersion)",
    "handshake failure": "give both sides cipher suites and curves in common",
    "no application protocol": "offer the protocol that the other side speaks (ALPN)",
    "unrecognized name": "ask for a name that the server has a certificate for",
}
_USUAL = "look at the log of the side that objects"


@finding("tls-alert", Severity.WARNING, about=Remark, rank=282)
class TlsAlert(RemarkRule):
    """An alert of TLS that breaks a connection off."""

    def message(self, finding: Finding) -> str:
        return f"an alert of TLS ends the connection: {finding.subject}"

    def headline(self, group: FindingGroup) -> str:
        return f"TLS alert: {group.first.subject}"

    def cause(self, group: FindingGroup) -> str:
        who = group.first.sender
        return (
            f"{plural(group.count, 'connection')} to {group.first.service}: the {who} "
            "objects and closes it; what was asked on it is not answered. "
            f"{group.packets()}"
        )

    def hint(self, finding: Finding) -> str:
        return _HINTS.get(finding.subject, _USUAL)
