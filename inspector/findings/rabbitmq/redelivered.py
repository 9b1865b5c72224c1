"""Messages that are delivered again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange
from inspector.findings.finding import Severity
from inspector.findings.registry import finding
from inspector.findings.rule import Details, Rule
from inspector.findings.signs import ROUNDABOUT
from inspector.words import plural, times

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context

MANY = 3
"""Deliveries of one message beyond the first that are a loop."""
_LOST, _GIVEN_BACK = "lost", "given back"


@finding(
    "redelivered",
    Severity.WARNING,
    about=Exchange,
    needs=ROUNDABOUT,
    rank=52,
    carrier="rabbitmq",
)
class Redelivered(Rule[Exchange]):
    """Messages that are delivered again and again."""

    see = "exchanges --where 'hops[2].again'"

    def applies(self, call: Exchange) -> bool:
        return call.passage is not None and call.passage.again > 0

    def details(self, call: Exchange, _context: Context) -> Details:
        passage = call.passage
        assert passage is not None
        given_back = any(each.verb in {"nack", "reject"} for each in passage.errands)
        return Details(
            severity=Severity.ERROR if passage.again >= MANY else None,
            subject=_GIVEN_BACK if given_back else _LOST,
            size=passage.again,
        )

    def message(self, finding: Finding) -> str:
        return f"{finding.name} was delivered again, {times(finding.size)}"

    def headline(self, group: FindingGroup) -> str:
        return f"{plural(group.count, 'message')} delivered more than once"

    def cause(self, group: FindingGroup) -> str:
        if group.first.subject == _GIVEN_BACK:
            why = "a handler gave it back (nack or reject with requeue)"
        else:
            why = "whoever had it went away before it acknowledged it"
        return (
            f"{group.named_exchanges()}: {why}, and {group.first.broker} delivered it "
            f"again. A handler runs once for each delivery. {group.packets()}"
        )

    def hint(self, finding: Finding) -> str:
        if finding.subject == _GIVEN_BACK:
            return (
                "give back only what may succeed later; else reject it without "
                "requeue, to a dead-letter exchange"
            )
        return "make handlers safe to run twice, and look why the consumer went away"
