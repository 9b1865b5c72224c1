"""A connection of which one direction was captured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.findings.evidence import Disturbance
from inspector.findings.finding import Severity
from inspector.findings.registry import finding
from inspector.findings.rule import Details, Rule
from inspector.words import plural, size

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context

_OTHERS = {"client": "server", "server": "client"}


@finding("one-direction", Severity.WARNING, about=Disturbance, rank=286)
class OneDirection(Rule[Disturbance]):
    """A connection of which one direction was captured."""

    fix = (
        "filter by host and port in both directions (tcpdump port 8888, not dst port "
        "8888), and capture where both pass"
    )

    def applies(self, disturbance: Disturbance) -> bool:
        return disturbance.kind == "unseen"

    def details(self, disturbance: Disturbance, _context: Context) -> Details:
        return Details(size=disturbance.count)

    def message(self, finding: Finding) -> str:
        return (
            f"before the connection was over, no packet of the {finding.speaker} was "
            f"captured{_proof(finding.size)}"
        )

    def headline(self, group: FindingGroup) -> str:
        return plural(group.count, "connection") + " captured in one direction"

    def cause(self, group: FindingGroup) -> str:
        first, sender = group.first, group.first.sender
        words = "requests" if sender == "client" else "replies"
        other = _OTHERS[sender]
        if first.broker:  # where each side has both
            words = "requests and replies"
            other = other.replace("server", f"{first.broker} server")
        return (
            "Before the connection was over, the capture holds no packet of the "
            f"{first.speaker}{_proof(group.size)} by the {other}. So its {words} "
            f"are missing and are not judged. {group.packets()}"
        )

    def hint(self, finding: Finding) -> str:
        port = finding.connection.server_endpoint.port
        return self.fix.replace("8888", str(port)) if finding.broker else self.fix


def _proof(acknowledged: int) -> str:
    """Return what shows that there was one; a single byte may be a FIN."""
    if acknowledged <= 1:
        return ", whose part in the handshake was acknowledged"
    return f", of which {size(acknowledged)} were acknowledged"
