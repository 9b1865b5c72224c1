"""An event whose pattern has a handler that answers requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.findings.finding import Severity
from inspector.findings.habits import Use
from inspector.findings.registry import finding
from inspector.findings.rule import Rule
from inspector.words import plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding, Place
    from inspector.findings.groups import FindingGroup


@finding("event-to-message-handler", Severity.NOTE, about=Use, rank=120)
class EventToMessageHandler(Rule[Use]):
    """An event whose pattern has a handler that answers requests."""

    fix = "use send() where the reply matters, @EventPattern where it does not"
    see = "exchanges --where 'kind == \"event\"'"

    def applies(self, use: Use) -> bool:
        return use.mixed and use.habit.answered is not None and use.habit.valued

    def place(self, use: Use) -> Place:
        return use.habit.emitted or super().place(use)

    def message(self, finding: Finding) -> str:
        return f"an event for {finding.name}, whose handler answers requests"

    def headline(self, group: FindingGroup) -> str:
        return plural(group.count, "message pattern") + " also emitted"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"{group.named_exchanges()}: the handler answers requests. An event runs "
            "it too, but its value and its errors are discarded. " + group.packets()
        )
