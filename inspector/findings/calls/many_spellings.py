"""A pattern that is written in several ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.findings.finding import Severity
from inspector.findings.habits import Spelling
from inspector.findings.registry import finding
from inspector.findings.rule import Details, Rule
from inspector.words import plural, verb

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context


@finding("many-spellings", Severity.NOTE, about=Spelling, rank=150)
class ManySpellings(Rule[Spelling]):
    """A pattern that is written in several ways."""

    fix = "share one constant for the pattern among all callers"
    see = "exchanges --fields 'route, pattern, client' --sort route"

    def details(self, spelling: Spelling, _context: Context) -> Details:
        return Details(detail=spelling.text)

    def message(self, finding: Finding) -> str:
        return f"{finding.name} is also written {finding.detail}"

    def headline(self, group: FindingGroup) -> str:
        return plural(group.count, "pattern") + " written in several ways"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"{group.named_exchanges()} {verb(group.names, 'is')} also written as "
            f"{group.example()}. The service treats all spellings alike, but other "
            f"tools and carriers may not. {group.packets()}"
        )
