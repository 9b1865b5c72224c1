"""A packet that waited for a delayed ACK."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Kind
from inspector.findings.evidence import HeldPacket
from inspector.findings.finding import Severity
from inspector.findings.registry import finding
from inspector.findings.rule import Details, Rule
from inspector.words import article, duration, duration_range, plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context

_PLURALS = {"reply": "replies"}
_CAUSES = {
    "reply": "A second small write waits for the ACK of the first (Nagle), and the "
    "client delays that ACK. No handler was slow.",
    "request": "It waits for the ACK of what the client wrote before it (Nagle), and "
    "the server delays that ACK. No handler was slow.",
    "event": "It waits for the delayed ACK of what the client wrote before it (Nagle).",
}


@finding("nagle-stall", Severity.WARNING, about=HeldPacket, rank=250)
class NagleStall(Rule[HeldPacket]):
    """A packet that waited for a delayed ACK."""

    def details(self, held: HeldPacket, _context: Context) -> Details:
        """Nobody waits for an event, so its delay is only a note."""
        event = held.call.kind is Kind.EVENT
        return Details(
            severity=Severity.NOTE if event else Severity.WARNING,
            subject="reply" if held.reply else "event" if event else "request",
            duration_ns=held.packet.held_ns,
        )

    def message(self, finding: Finding) -> str:
        return (
            f"{article(finding.subject)} waited {duration(finding.duration_ns)} "
            "for a delayed ACK"
        )

    def headline(self, group: FindingGroup) -> str:
        return (
            plural(group.count, group.first.subject, _PLURALS.get(group.first.subject))
            + f" waited {duration_range(group.shortest_ns, group.longest_ns)}"
        )

    def cause(self, group: FindingGroup) -> str:
        return f"{_CAUSES[group.first.subject]} {group.packets()}"

    def hint(self, finding: Finding) -> str:
        return (
            f"a socketClass that calls socket.setNoDelay(true), on the {finding.sender}"
        )
