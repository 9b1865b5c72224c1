"""Another protocol on a port of Nest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.seen import Remark
from inspector.carriers.foreign import ENGINE_IO_3
from inspector.findings.finding import Severity
from inspector.findings.noticed import RemarkRule
from inspector.findings.registry import finding
from inspector.words import plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup


@finding("foreign-protocol", Severity.WARNING, about=Remark, rank=280)
class ForeignProtocol(RemarkRule):
    """Another protocol on a port of Nest."""

    def message(self, finding: Finding) -> str:
        return (
            f"{finding.subject} on {finding.service}, where others speak Nest's "
            "protocol"
        )

    def headline(self, group: FindingGroup) -> str:
        return f"{group.first.subject} on a port of Nest"

    def cause(self, group: FindingGroup) -> str:
        if group.first.subject == ENGINE_IO_3:
            return (
                f"{plural(group.count, 'connection')} to {group.first.service} spoke "
                "Engine.IO 3, as clients of Socket.IO 2 do: a gateway refuses them, or "
                "answers them with allowEIO3; what they say is not read here. "
                f"{group.packets()}"
            )
        if group.first.broker:
            return (
                f"{plural(group.count, 'connection')} to {group.first.service} spoke "
                f"{group.first.subject}: the broker closes such a connection. "
                f"{group.packets()}"
            )
        return (
            f"{plural(group.count, 'connection')} to {group.first.service} spoke "
            f"{group.first.subject}. Nest waits for a #, never answers, and drops the "
            "connection after 30 s (11.2.5, 12.0.3 and later). " + group.packets()
        )

    def hint(self, finding: Finding) -> str:
        if finding.subject == ENGINE_IO_3:
            return "use Socket.IO 3 or later in these clients"
        if finding.subject == "TLS" and finding.broker:
            return "set tls on both sides or on neither; --keylog FILE decrypts it"
        if finding.subject == "TLS":
            return (
                "set tlsOptions on both sides or on neither; if both have them, "
                "decrypt the calls with the key log of a side: --keylog FILE"
            )
        if finding.subject.startswith("the PROXY"):
            return "remove send-proxy from the server line of the proxy (HAProxy)"
        if finding.broker:
            return "use another port: this one is that of the broker"
        return "use another port: a hybrid application has one for each transport"
