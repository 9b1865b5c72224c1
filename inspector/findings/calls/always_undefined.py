"""A pattern whose calls are answered, and never with a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.findings.conclusions import Valueless
from inspector.findings.finding import Severity
from inspector.findings.registry import finding
from inspector.findings.rule import Details, Rule
from inspector.words import plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context

_FEWEST = 3
"""Calls without a value, before that is how a handler is and no chance."""


@finding("always-undefined", Severity.NOTE, about=Valueless, rank=112)
class AlwaysUndefined(Rule[Valueless]):
    """A pattern whose calls are answered, and never with a value."""

    fix = (
        "return or await the result, return null, or use emit() if no one needs a value"
    )
    see = (
        "exchanges --where 'kind == \"message\" and response == undefined' --sort route"
    )

    def applies(self, calls: Valueless) -> bool:
        return calls.calls >= _FEWEST

    def details(self, calls: Valueless, _context: Context) -> Details:
        return Details(size=calls.calls, conclusion=calls)

    def message(self, finding: Finding) -> str:
        calls = plural(finding.size, "call")
        return f"{calls} of {finding.name} ended, and never with a value"

    def headline(self, group: FindingGroup) -> str:
        return f"{group.routes()} never answered with a value"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"{plural(group.size, 'call')} ended without one, the first "
            f"{group.exchanges()}: their handlers return undefined, for instance "
            "because return or await is missing. lastValueFrom() and firstValueFrom() "
            f"then throw EmptyError. {group.packets()}"
        )
