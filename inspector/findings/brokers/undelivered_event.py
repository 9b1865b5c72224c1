"""An event that nobody has subscribed to.

Source: ``docs.nats.io``, core NATS: a message without subscribers is dropped; an event
has no reply by which its sender would be told.
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
        )

    def details(self, call: Exchange, _context: Context) -> Details:
        return Details(subject=call.connection.server_text)

    def message(self, finding: Finding) -> str:
        return f"nobody had subscribed to {place_of(finding)}"

    def headline(self, group: FindingGroup) -> str:
        return f"{plural(group.count, 'event')} that nobody has subscribed to"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"{group.named_exchanges()} had no subscriber at that time: "
            f"{group.first.broker} drops such an event, and its sender is not told."
            f"{at_other_times(group)} {group.packets()}"
        )

    def hint(self, finding: Finding) -> str:
        return remedy(
            finding,
            f"start the service with @EventPattern({quoted(finding.route)}), or leave "
            "the event out",
        )
