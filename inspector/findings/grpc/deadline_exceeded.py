"""A call whose deadline passed before its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.deadlines import deadline_ns, is_past
from inspector.calls.exchanges import Exchange, Kind
from inspector.findings.finding import Severity
from inspector.findings.registry import finding
from inspector.findings.rule import Details, Rule
from inspector.findings.signs import FAILED
from inspector.words import duration_range, plural
from protocol import UNDEFINED, loads

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context

_STATUS = 4  # DEADLINE_EXCEEDED


@finding(
    "deadline-exceeded",
    Severity.WARNING,
    about=Exchange,
    needs=FAILED,
    rank=63,
    carrier="grpc",
)
class DeadlineExceeded(Rule[Exchange]):
    """A call whose deadline passed before its end."""

    fix = (
        "look at what the handler waits for; if the work takes that long, give the "
        "call a later deadline"
    )
    see = (
        'exchanges --where \'err.code == 4 or metadata["grpc-timeout"] != undefined '
        'and outcome != "completed"\''
    )

    def applies(self, call: Exchange) -> bool:
        if call.kind is Kind.ORPHAN or call.gapped:
            return False
        return is_past(call) or _code_of(call) == _STATUS

    def details(self, call: Exchange, _context: Context) -> Details:
        waited_ns = call.waited_ns(call.ended_ns) or 0
        left = "left" if is_past(call) else "answered"
        return Details(subject=left, duration_ns=deadline_ns(call) or waited_ns)

    def message(self, finding: Finding) -> str:
        limit = duration_range(finding.duration_ns, finding.duration_ns)
        return f"{finding.name} had not ended after {limit}, its deadline"

    def headline(self, group: FindingGroup) -> str:
        return f"{plural(group.count, 'call')} past the deadline"

    def cause(self, group: FindingGroup) -> str:
        limits = duration_range(group.shortest_ns, group.longest_ns)
        how = "The server answered with DEADLINE_EXCEEDED."
        if group.first.subject == "left":
            how = (
                "The client then left with RST_STREAM; its caller gets "
                "DEADLINE_EXCEEDED, and the handler may go on in vain."
            )
        return (
            f"{group.named_exchanges()} had not ended after {limits}. {how} "
            f"{group.packets()}"
        )


def _code_of(call: Exchange) -> object:
    """Return the status of a call that failed."""
    err = call.replies[-1].err if call.replies else UNDEFINED
    value = None if err is UNDEFINED else loads(err)
    return value.get("code") if isinstance(value, dict) else None
