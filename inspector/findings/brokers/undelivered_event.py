"""An event that nobody has subscribed to.

Source: ``docs.nats.io``, core NATS: a message without subscribers is dropped; an event
has no reply by which its sender would be told. ``rabbitmq.com/docs/confirms``: a broker
refuses what it cannot handle, such as for a queue that is full and has
``x-overflow: reject-publish``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange, Outcome
from inspector.findings.absent import at_other_times, place_of, remedy
from inspector.findings.broker_words import words_of
from inspector.findings.finding import Severity
from inspector.findings.phrases import quoted
from inspector.findings.registry import finding
from inspector.findings.rule import Details, Rule
from inspector.findings.signs import FAILED
from inspector.words import plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context


_REFUSED = "refuse"
_OTHERWISE = {"return", "tx.rollback"}
"""What unroutable speaks of, and what its sender has taken back."""


@finding("undelivered-event", Severity.WARNING, about=Exchange, needs=FAILED, rank=42)
class UndeliveredEvent(Rule[Exchange]):
    """An event that nobody has subscribed to."""

    see = "exchanges --where 'outcome == \"undelivered\"'"

    def applies(self, call: Exchange) -> bool:
        passage = call.passage
        return (
            call.outcome is Outcome.UNDELIVERED
            and passage is not None
            and not words_of(call.carrier).flaw(passage.channel, call.route)
            and _OTHERWISE.isdisjoint(_verbs(call))
        )

    def details(self, call: Exchange, _context: Context) -> Details:
        refused = _REFUSED in _verbs(call)
        return Details(subject=_REFUSED if refused else call.connection.server_text)

    def message(self, finding: Finding) -> str:
        if finding.subject == _REFUSED:
            return f"{finding.broker} refused {finding.name}"
        return f"nobody had subscribed to {place_of(finding)}"

    def headline(self, group: FindingGroup) -> str:
        what = plural(group.count, "event")
        if group.first.subject == _REFUSED:
            return f"{what} refused by the broker"
        return f"{what} that nobody has subscribed to"

    def cause(self, group: FindingGroup) -> str:
        if group.first.subject == _REFUSED:
            return (
                f"{group.named_exchanges()}: {group.first.broker} said that it does "
                "not take them (basic.nack), as for a queue that is full. "
                f"{group.packets()}"
            )
        return (
            f"{group.named_exchanges()} had no subscriber at that time: "
            f"{group.first.broker} drops such an event, and its sender is not told."
            f"{at_other_times(group)} {group.packets()}"
        )

    def hint(self, finding: Finding) -> str:
        if finding.subject == _REFUSED:
            return "consume the queue faster, or let it be longer: x-max-length"
        return remedy(
            finding,
            f"start the service with @EventPattern({quoted(finding.route)}), or leave "
            "the event out",
        )


def _verbs(call: Exchange) -> set[str]:
    """Return what was done for the sake of an event."""
    passage = call.passage
    return set() if passage is None else {each.verb for each in passage.errands}
