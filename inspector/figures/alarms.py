"""What findings say that the verdict on health has to say too.

Most of what fails or is slow follows from counts and times. The rest is known from
findings alone; no verdict is good above one of these.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from inspector.findings.catalogue import rule_of
from inspector.findings.conclusions import (
    BlockedServer,
    Conclusion,
    SilentPattern,
    SilentServer,
    SlowPattern,
)
from inspector.findings.finding import Severity
from protocol.named_tuple import NamedTuple

if TYPE_CHECKING:
    from inspector.findings.groups import FindingGroup

    from .report import Report

Concluded = TypeVar("Concluded", bound=Conclusion)

_REFUSED = "refused-connection"


class Alarms(NamedTuple):
    """What findings say of the health of services, each list the worst first.

    Attributes:
        silent: Servers that answer nothing any more.
        silent_patterns: Patterns that a server answers no more.
        slow_patterns: Patterns of which half of the calls take long.
        blocked: Servers that answered nothing while calls waited.
        refused: Connections that were refused, or that nobody answered.
        errors: All findings of severity ``error``.
    """

    silent: list[SilentServer]
    silent_patterns: list[SilentPattern]
    slow_patterns: list[SlowPattern]
    blocked: list[BlockedServer]
    refused: list[FindingGroup]
    errors: list[FindingGroup]

    @property
    def fail(self) -> bool:
        """Whether one of them says that something fails."""
        return bool(self.refused or self.errors)

    @property
    def refused_connections(self) -> int:
        """How many connections were refused, or had no answer."""
        return sum(group.count for group in self.refused)


def alarms(report: Report) -> Alarms:
    """Return what the findings of a report say of the health of services."""
    groups = list(report.findings.values())
    errors = [each for each in groups if each.first.severity is Severity.ERROR]
    refused = [each for each in groups if each.first.code == _REFUSED]
    return Alarms(
        silent=sorted(_concluded(groups, SilentServer), key=lambda each: -each.calls),
        silent_patterns=sorted(
            _concluded(groups, SilentPattern), key=lambda each: -each.calls
        ),
        slow_patterns=sorted(
            _concluded(groups, SlowPattern), key=lambda each: -each.median_ns
        ),
        blocked=sorted(
            _concluded(groups, BlockedServer), key=lambda each: -each.time_ns
        ),
        refused=sorted(refused, key=lambda group: -group.count),
        errors=sorted(errors, key=lambda group: rule_of(group.first.code).order),
    )


def _concluded(groups: list[FindingGroup], kind: type[Concluded]) -> list[Concluded]:
    return [
        group.first.conclusion
        for group in groups
        if isinstance(group.first.conclusion, kind)
    ]
