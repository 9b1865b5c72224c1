"""The header of a proxy before the first frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.findings.evidence import Disturbance, misread
from inspector.findings.finding import Severity
from inspector.findings.registry import finding
from inspector.findings.rule import Details, Rule
from inspector.words import listing, plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context

_NAMED = 4


@finding("proxy-protocol", Severity.ERROR, about=Disturbance, rank=165)
class ProxyProtocol(Rule[Disturbance]):
    """The header of a proxy before the first frame."""

    fix = (
        "remove send-proxy (send-proxy-v2) from the server line of HAProxy, or "
        "proxy_protocol from the stream block of nginx"
    )

    def applies(self, disturbance: Disturbance) -> bool:
        return disturbance.kind == "proxy"

    def details(self, disturbance: Disturbance, _context: Context) -> Details:
        connection = disturbance.connection
        return Details(
            severity=Severity.ERROR if misread(connection) else Severity.NOTE,
            subject=f"version {connection.proxy}",
            detail=connection.origin,
        )

    def message(self, finding: Finding) -> str:
        client = f" for the client {finding.detail}" if finding.detail else ""
        return f"a PROXY protocol header of {finding.subject}{client}"

    def headline(self, group: FindingGroup) -> str:
        return f"PROXY protocol on {plural(group.count, 'connection')}"

    def cause(self, group: FindingGroup) -> str:
        first = group.first
        return (
            f"A proxy sent a header of the PROXY protocol, {first.subject}, before the "
            f"first frame to {first.service}{_clients(group)}. {_effect(first)} "
            f"{group.packets()}"
        )


def _clients(group: FindingGroup) -> str:
    """Return for whom it was sent, as far as the headers say."""
    names = [name for name in group.details if name]
    rest = len(names) - _NAMED
    named = listing(names[:_NAMED], f"{rest:,} more" if rest > 0 else "")
    return f", for {named}" if named else ""


def _effect(finding: Finding) -> str:
    if finding.severity is Severity.NOTE:
        return "The server answers nevertheless, so something in it reads the header."
    return (
        "Nest takes the header for the length of a frame, reads nothing of what "
        "follows, and closes the connection."
    )
