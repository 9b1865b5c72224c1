"""A reply without a value, from a handler that gives values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.findings.finding import Severity
from inspector.findings.habits import Use
from inspector.findings.registry import finding
from inspector.findings.rule import Rule

if TYPE_CHECKING:
    from inspector.findings.finding import Finding, Place
    from inspector.findings.groups import FindingGroup


# decision 29
@finding("answer-without-value", Severity.NOTE, about=Use, rank=110)
class AnswerWithoutValue(Rule[Use]):
    """A reply without a value, from a handler that gives values."""

    fix = "return null, or use lastValueFrom(…, { defaultValue: null })"
    see = "exchanges --where 'kind == \"message\" and response == undefined'"

    def applies(self, use: Use) -> bool:
        return use.valueless is not None

    def place(self, use: Use) -> Place:
        return use.valueless or super().place(use)

    def message(self, finding: Finding) -> str:
        return f"{finding.name} answered without a value"

    def headline(self, group: FindingGroup) -> str:
        return f"{group.routes()} answered without a value"

    def cause(self, group: FindingGroup) -> str:
        return (
            "A handler that returns a value at other times returned undefined "
            f"({group.exchanges()}): lastValueFrom() and firstValueFrom() then throw "
            f"EmptyError. {group.packets()}"
        )
