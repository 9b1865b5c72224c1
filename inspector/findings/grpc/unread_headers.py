"""Calls without a name: their headers refer to what the capture lacks."""

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

_EXTRA = "pip install 'protocol-inspect[grpc]'"
_LIBRARY = "library"


@finding("unread-headers", Severity.NOTE, about=Remark, rank=360, carrier="grpc")
class UnreadHeaders(RemarkRule):
    """Calls without a name: their headers refer to what the capture lacks."""

    see = "exchanges --where 'route == \"/?\"'"

    def message(self, finding: Finding) -> str:
        return f"the {finding.sender} asked for what cannot be read"

    def headline(self, group: FindingGroup) -> str:
        return f"calls without a name on {plural(group.count, 'connection')}"

    def cause(self, group: FindingGroup) -> str:
        if group.first.subject == _LIBRARY:
            why = "Compressed headers are read with hpack, which is not installed."
        else:
            why = (
                "HTTP/2 sends a name once and then refers to it; the packet that had "
                "it is not in the capture."
            )
        return f"{why} Such calls are “/?”. {group.packets()}"

    def hint(self, finding: Finding) -> str:
        if finding.subject == _LIBRARY:
            return _EXTRA
        return "begin to capture before the connection is opened"
