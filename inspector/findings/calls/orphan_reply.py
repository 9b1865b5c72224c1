"""A reply whose request the capture lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange, Kind
from inspector.findings.evidence import within
from inspector.findings.finding import Severity
from inspector.findings.registry import finding
from inspector.findings.rule import Rule
from inspector.findings.signs import ORPHAN
from inspector.words import plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding, Place
    from inspector.findings.groups import FindingGroup


@finding("orphan-reply", Severity.NOTE, about=Exchange, needs=ORPHAN, rank=80)
class OrphanReply(Rule[Exchange]):
    """A reply whose request the capture lacks."""

    fix = "start the capture before the client connects"
    missing = True
    see = "follow"

    def applies(self, call: Exchange) -> bool:
        return call.kind is Kind.ORPHAN and not call.gapped

    def place(self, call: Exchange) -> Place:
        return within(call, call.reply_packets[0], reply=True)

    def message(self, _finding: Finding) -> str:
        return "a reply whose request was not captured"

    def headline(self, group: FindingGroup) -> str:
        return plural(group.count, "reply") + " without a captured request"

    def cause(self, group: FindingGroup) -> str:
        if group.first.broker:
            return (
                "The capture began after the request was sent, or lacks the connection "
                f"of who asked. {group.packets()}"
            )
        return (
            "The capture began after the request was sent, or dropped it. "
            f"{group.packets()}"
        )

    def hint(self, finding: Finding) -> str:
        if finding.broker:
            return "start the capture before the callers connect, at the broker"
        return self.fix
