"""Bytes that are not an operation of NATS."""

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

_UNFIT = "its words do not fit "  # as inspector.carriers.nats says it
_SENDS = {"PUB", "HPUB", "SUB"}
_BLANKS = "too many words"


@finding("nats-protocol", Severity.ERROR, about=Anomaly, rank=13, carrier="nats")
class NatsProtocol(AnomalyRule):
    """Bytes that are not an operation of NATS."""

    see = "follow"

    def details(self, anomaly: Anomaly, _context: Context) -> Details:
        words = anomaly.reason.partition(_UNFIT)[2].split()
        blanks = bool(words) and words[0] in _SENDS
        return Details(subject=_BLANKS if blanks else "", detail=anomaly.reason)

    def message(self, finding: Finding) -> str:
        return f"the {finding.speaker} sent a line, and {finding.detail}"

    def headline(self, group: FindingGroup) -> str:
        return f"{plural(group.count, 'line')} that NATS cannot read"

    def cause(self, group: FindingGroup) -> str:
        first = group.first
        what = f"The {first.speaker} sent such a line: {group.example()}."
        if first.subject == _BLANKS:
            why = (
                "As a rule a subject has a blank, as that of a pattern with a space: a "
                "server then closes the connection without an error. A client of Nest "
                "connects again; its call waits without end."
            )
        else:
            why = "A server answers with an error, and closes the connection."
        return f"{what} {why} {group.packets()}"

    def hint(self, finding: Finding) -> str:
        if finding.subject == _BLANKS:
            return "use a pattern without blanks; the client of Nest 12 refuses them"
        return (
            "look at what writes to this connection: a library for NATS counts bytes "
            "and ends each line with CR LF"
        )
