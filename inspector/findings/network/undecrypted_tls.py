"""A connection of TLS that the key log does not decrypt."""

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
    "the key log lacks its session": (
        "begin the key log before the connection, with --tls-keylog of Node or "
        "SSLKEYLOGFILE; either side can write it"
    ),
    "it began before the capture, and no key of the log fits": (
        "begin the capture before the connection; the keys of TLS 1.2 need its "
        "handshake, those of TLS 1.3 a key log of this connection"
    ),
    "bytes of its handshake are missing": "capture all packets, of both directions",
    "too many of its records are missing": "capture all packets: tcpdump -B 65536",
}
_USUAL = "use the default cipher suites of TLS 1.2 or 1.3, or protocol-inspect proxy"


@finding("undecrypted-tls", Severity.WARNING, about=Remark, rank=281)
class UndecryptedTls(RemarkRule):
    """A connection of TLS that the key log does not decrypt."""

    def message(self, finding: Finding) -> str:
        return f"TLS that is not decrypted: {finding.subject}"

    def headline(self, group: FindingGroup) -> str:
        return f"{plural(group.count, 'connection')} of TLS not decrypted"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"{plural(group.count, 'connection')} to {group.first.service}: "
            f"{group.first.subject}. {group.packets()}"
        )

    def hint(self, finding: Finding) -> str:
        return _HINTS.get(finding.subject, _USUAL)
