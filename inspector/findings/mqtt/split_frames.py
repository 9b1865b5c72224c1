"""Packets of MQTT in several messages of WebSocket each."""

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


@finding("split-frames", Severity.NOTE, about=Remark, rank=345, carrier="mqtt")
class SplitFrames(RemarkRule):
    """Packets of MQTT in several messages of WebSocket each."""

    fix = (
        "connect services by mqtt://, and leave ws:// to browsers; a client that "
        "writes a packet at once needs one message"
    )
    see = "packets"

    def message(self, finding: Finding) -> str:
        return f"a PUBLISH came in {plural(finding.size, 'message')} of WebSocket"

    def headline(self, group: FindingGroup) -> str:
        return f"{plural(group.count, 'connection')} with packets of MQTT in parts"

    def cause(self, group: FindingGroup) -> str:
        return (
            "mqtt.js, which Nest uses, writes each part of a packet as a message of "
            "WebSocket, and each leaves in a packet of its own: a call takes 25 rather "
            f"than 8. {group.packets()}"
        )
