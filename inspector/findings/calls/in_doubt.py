"""A call during which the capture lacks bytes of its connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange, Kind, Outcome
from inspector.findings.evidence import last_packet, within
from inspector.findings.finding import Severity
from inspector.findings.registry import finding
from inspector.findings.rule import Rule
from inspector.findings.signs import FAILED, ORPHAN
from inspector.words import plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding, Place
    from inspector.findings.groups import FindingGroup

_ENDLESS = {Outcome.UNANSWERED, Outcome.INCOMPLETE}


# decision 30: What could not be captured is not accused
@finding("in-doubt", Severity.NOTE, about=Exchange, needs=FAILED | ORPHAN, rank=90)
class InDoubt(Rule[Exchange]):
    """A call during which the capture lacks bytes of its connection."""

    fix = "capture all bytes: tcpdump -s 0 -B 65536"
    see = "ladder"
    missing = True

    def applies(self, call: Exchange) -> bool:
        if call.connection.unseen is not None:  # of which one finding tells
            return False
        return call.gapped and (call.kind is Kind.ORPHAN or call.outcome in _ENDLESS)

    def place(self, call: Exchange) -> Place:
        endless = call.outcome in _ENDLESS
        packet = None if endless else call.reply_packets[0]
        return within(call, packet or last_packet(call), reply=True)

    def message(self, finding: Finding) -> str:
        what = finding.name if finding.route else "a reply"
        return f"{what} is in doubt: the capture lacks bytes of its connection"

    def headline(self, group: FindingGroup) -> str:
        return plural(group.count, "exchange") + " in doubt"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"{group.named_exchanges()}: the capture lacks bytes at that time, so what "
            f"seems to be missing may have been sent. {group.packets()}"
        )
