"""A request that has no reply."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange, Kind, Outcome
from inspector.findings.finding import Severity
from inspector.findings.phrases import ENDS
from inspector.findings.registry import finding
from inspector.findings.rule import Details, Rule
from inspector.findings.signs import FAILED
from inspector.words import duration_range, plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context


@finding("unanswered", Severity.WARNING, about=Exchange, needs=FAILED, rank=20)
class Unanswered(Rule[Exchange]):
    """A request that has no reply."""

    fix = "apply timeout() on the client: without it, Nest waits forever"

    def applies(self, call: Exchange) -> bool:
        return (
            call.outcome is Outcome.UNANSWERED
            and call.kind is not Kind.ORPHAN
            and not call.gapped
        )

    def details(self, call: Exchange, _context: Context) -> Details:
        return Details(
            subject=call.cause or "end", duration_ns=call.ended_ns - call.asked_ns
        )

    def message(self, finding: Finding) -> str:
        waited = finding.duration_ns
        return f"no reply to {finding.route} {_end(finding.subject, waited, waited)}"

    def headline(self, group: FindingGroup) -> str:
        return plural(group.count, "message") + " without a reply"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"{group.named_exchanges()} had no reply "
            f"{_end(group.first.subject, group.shortest_ns, group.longest_ns)}. "
            f"{group.packets()}"
        )


def _end(cause: str, shortest_ns: int, longest_ns: int) -> str:
    """Return what ended the wait, and how much later, unless that was at once."""
    later = f", {duration_range(shortest_ns, longest_ns)} later" if longest_ns else ""
    return ENDS[cause] + later
