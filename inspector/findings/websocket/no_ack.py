"""An event whose acknowledgement never came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.costs import has_sessions
from inspector.calls.exchanges import Exchange, Kind, Outcome
from inspector.findings.finding import Severity
from inspector.findings.registry import finding
from inspector.findings.rule import Details, Rule
from inspector.findings.signs import FAILED
from inspector.words import duration, duration_range, plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context

_GATEWAY, _CLIENT = "gateway", "client"


@finding("no-ack", Severity.WARNING, about=Exchange, needs=FAILED, rank=25)
class NoAck(Rule[Exchange]):
    """An event whose acknowledgement never came."""

    see = "exchanges --where 'outcome == \"unanswered\"'"

    def applies(self, call: Exchange) -> bool:
        return (
            call.outcome is Outcome.UNANSWERED
            and call.kind is not Kind.ORPHAN
            and not (call.gapped or call.in_flight)
            and has_sessions(call.carrier)
        )

    def details(self, call: Exchange, _context: Context) -> Details:
        waited_ns = call.waited_ns(call.ended_ns) or 0
        who = _CLIENT if call.pushed else _GATEWAY
        return Details(subject=who, duration_ns=waited_ns)

    def message(self, finding: Finding) -> str:
        waited = duration(finding.duration_ns)
        return (
            f"the {finding.subject} did not acknowledge {finding.name}, which asked "
            f"for it, within {waited}"
        )

    def headline(self, group: FindingGroup) -> str:
        return f"{plural(group.count, 'event')} without the acknowledgement asked for"

    def cause(self, group: FindingGroup) -> str:
        waited = duration_range(group.shortest_ns, group.longest_ns)
        words = f"{group.named_exchanges()} had none within {waited}."
        if group.first.subject == _GATEWAY:
            words += (
                " Nest calls none where a handler returns nothing, or an object with "
                "an event, which it emits instead; nor where a handler throws, or "
                "there is none."
            )
        return f"{words} {group.packets()}"

    def hint(self, finding: Finding) -> str:
        if finding.subject == _CLIENT:
            return "call the last argument of the client's listener"
        return (
            "return a value that is neither null nor an object with an event, or ask "
            "for none; and wait with a timeout"
        )
