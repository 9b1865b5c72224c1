"""A packet that waited for a delayed ACK."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Kind
from inspector.findings.broker_words import words_of
from inspector.findings.evidence import HeldPacket
from inspector.findings.finding import Severity
from inspector.findings.registry import finding
from inspector.findings.rule import Details, Rule
from inspector.words import article, duration, duration_range, plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context

_CAUSES = {
    "reply": "A small write waits for the ACK of the one before it (Nagle's "
    "algorithm), and the client delays that ACK. No handler was slow.",
    "request": "A small write waits for the ACK of the one before it (Nagle's "
    "algorithm), and the server delays that ACK. No handler was slow.",
    "event": "A small write waits for the ACK of the one before it (Nagle's "
    "algorithm), and the server delays that ACK.",
}


@finding("nagle-stall", Severity.WARNING, about=HeldPacket, rank=250)
class NagleStall(Rule[HeldPacket]):
    """A packet that waited for a delayed ACK."""

    see = "ladder"

    def applies(self, held: HeldPacket) -> bool:
        """Whether one side may have waited: brokers do not, nor values of a stream."""
        if held.call.passage is None:
            return True
        place = self.place(held)
        peer = place.side == (place.connection.client or 0)
        return peer and not (held.reply and held.call.values > 1)

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
            f"{plural(group.count, group.first.subject)} waited "
            f"{duration_range(group.shortest_ns, group.longest_ns)}"
        )

    def cause(self, group: FindingGroup) -> str:
        cause = _CAUSES[group.first.subject]
        if group.first.broker:  # which is who delays it, whoever sends what
            for side in ("client", "server"):
                cause = cause.replace(f"the {side} delays", "the broker delays")
        return f"{cause} {group.packets()}"

    def hint(self, finding: Finding) -> str:
        if finding.broker:
            return words_of(finding.connection.carrier).undelayed
        return f"call socket.setNoDelay(true) in a socketClass on the {finding.sender}"
