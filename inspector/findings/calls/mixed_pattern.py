"""A pattern both sent and emitted, whose handler is unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.findings.finding import Severity
from inspector.findings.habits import Use
from inspector.findings.registry import finding
from inspector.findings.rule import Rule
from inspector.words import plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup


@finding("mixed-pattern", Severity.NOTE, about=Use, rank=140)
class MixedPattern(Rule[Use]):
    """A pattern both sent and emitted, whose handler is unknown."""

    fix = "use one pattern for requests and another for events"
    see = "exchanges --fields 'route, kind, number' --sort route"

    def applies(self, use: Use) -> bool:
        return use.mixed and use.habit.answered is None

    def message(self, finding: Finding) -> str:
        return f"{finding.name} is both sent and emitted"

    def headline(self, group: FindingGroup) -> str:
        return plural(group.count, "pattern") + " both sent and emitted"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"{group.named_exchanges()}: a service has one handler for both; if two "
            f"have the same pattern, the message handler runs. {group.packets()}"
        )
