"""Replies without one that ends the call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange, Kind, Outcome
from inspector.findings.finding import Severity
from inspector.findings.phrases import end_in_words, end_of
from inspector.findings.registry import finding
from inspector.findings.rule import Details, Rule
from inspector.findings.signs import FAILED
from inspector.words import plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context


_LEFT = "left"  # the caller stopped listening


@finding("unfinished-stream", Severity.WARNING, about=Exchange, needs=FAILED, rank=30)
class UnfinishedStream(Rule[Exchange]):
    """Replies without one that ends the call."""

    fix = "complete the Observable on the server"
    see = "exchanges --where 'outcome == \"incomplete\"'"

    def applies(self, call: Exchange) -> bool:
        return (
            call.outcome is Outcome.INCOMPLETE
            and call.kind is not Kind.ORPHAN
            and not (call.gapped or call.in_flight)
        )

    def details(self, call: Exchange, _context: Context) -> Details:
        waited_ns = call.waited_ns(call.ended_ns) or 0
        left = call.cause == _LEFT
        return Details(
            severity=Severity.NOTE if left else None,
            subject=end_of(call),
            duration_ns=waited_ns,
        )

    def message(self, finding: Finding) -> str:
        return f"{finding.name} had replies, but had not ended {_end(finding)}"

    def headline(self, group: FindingGroup) -> str:
        return plural(group.count, "stream") + " without an end"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"{group.named_exchanges()} had not ended {_end(group.first)}. "
            f"{group.packets()}"
        )

    def hint(self, finding: Finding) -> str:
        if finding.subject == _LEFT:
            return (
                "none needed if the caller takes the first values alone; the service "
                "sends the others nevertheless"
            )
        return self.fix


def _end(finding: Finding) -> str:
    return end_in_words(finding, finding.subject)
