"""A request whose pattern has a handler for events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.findings.finding import Severity
from inspector.findings.habits import Use
from inspector.findings.registry import finding
from inspector.findings.rule import Rule
from inspector.words import plural, verb

if TYPE_CHECKING:
    from inspector.findings.finding import Finding, Place
    from inspector.findings.groups import FindingGroup


@finding("request-to-event-handler", Severity.NOTE, about=Use, rank=130)
class RequestToEventHandler(Rule[Use]):
    """A request whose pattern has a handler for events."""

    fix = "use emit() if no reply is needed, else @MessagePattern and a value"
    see = "exchanges --where 'kind == \"message\"' --sort route"

    def applies(self, use: Use) -> bool:
        return use.mixed and use.habit.answered is not None and not use.habit.valued

    def place(self, use: Use) -> Place:
        return use.habit.answered or super().place(use)

    def message(self, finding: Finding) -> str:
        return f"a request for {finding.name}, whose replies have no value"

    def headline(self, group: FindingGroup) -> str:
        return plural(group.count, "event pattern") + " also requested"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"{group.named_exchanges()} {verb(group.names, 'is')} also emitted, and "
            "replies have no value: an @EventPattern handler answers requests too. "
            + group.packets()
        )
