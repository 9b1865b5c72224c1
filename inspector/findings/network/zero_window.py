"""A side that has no room for more bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.participants import broker_of
from inspector.findings.evidence import Disturbance
from inspector.findings.finding import Severity
from inspector.findings.registry import finding
from inspector.findings.rule import Details, Rule
from inspector.words import times

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context


# decision 31: A zero window is a finding after 200 ms
@finding("zero-window", Severity.WARNING, about=Disturbance, rank=270)
class ZeroWindow(Rule[Disturbance]):
    """A side that has no room for more bytes."""

    see = "packets"

    def applies(self, disturbance: Disturbance) -> bool:
        if disturbance.kind != "zero window":
            return False
        ending = disturbance.connection.ending
        brokered = bool(broker_of(disturbance.connection))
        cut_off = ending is not None and ending.side != disturbance.side
        return not (brokered and cut_off)  # which slow-consumer tells

    def details(self, disturbance: Disturbance, _context: Context) -> Details:
        return Details(size=disturbance.count)

    def message(self, finding: Finding) -> str:
        return (
            f"the receive window of the {finding.speaker} was closed "
            f"{times(finding.size)}"
        )

    def headline(self, group: FindingGroup) -> str:
        return f"receive window of the {group.first.speaker} closed {times(group.size)}"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"The {group.first.speaker} does not read as fast as the other side "
            f"writes: its process is busy or stopped. {_limit(group.first)} "
            f"{group.packets()}"
        )

    def hint(self, finding: Finding) -> str:
        return f"find out what blocks the {finding.speaker}'s event loop"


def _limit(finding: Finding) -> str:
    """Return what becomes of a side that never reads."""
    if finding.broker:
        return "A broker cuts a client off for which too much is waiting."
    return "Nest 11.2.5 and later disconnect a peer for which 128 MiB are waiting."
