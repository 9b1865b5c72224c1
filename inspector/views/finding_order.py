"""The order of findings, and how many of a kind are shown."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from inspector.findings.catalogue import rule_of
from inspector.findings.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from inspector.figures.report import Report
    from inspector.findings.groups import FindingGroup

_MANY = 8
"""Groups of a kind that are all shown; of more …"""
_SHOWN = 5
"""… so many are: enough to see what they have in common."""


def sorted_groups(report: Report) -> list[FindingGroup]:
    """Return the findings: the worst first, in the order of the catalogue.

    Of a kind, the one with most calls, or the longest time, comes first.
    """
    severities = list(Severity)

    def place(group: FindingGroup) -> tuple[int, tuple[int, str], int]:
        rule = rule_of(group.first.code)
        rank = severities.index(group.first.severity)
        return rank, rule.order, -rule.weight(group)

    return sorted(report.findings.values(), key=place)


# decision 97: An outage is one screen
def shown_groups(groups: Iterable[FindingGroup]) -> Iterator[tuple[FindingGroup, int]]:
    """Yield the findings that are shown, each with how many of its kind are left out.

    Args:
        groups: The findings, those of a kind and severity together.

    Yields:
        Of a kind, at the last of it that is shown, how many there are besides; else 0.
    """
    for _, each in groupby(groups, lambda group: (group.first.code, _severity(group))):
        kind = list(each)
        shown = kind if len(kind) <= _MANY else kind[:_SHOWN]
        for group in shown[:-1]:
            yield group, 0
        yield shown[-1], len(kind) - len(shown)


def _severity(group: FindingGroup) -> Severity:
    return group.first.severity
