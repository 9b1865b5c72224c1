"""What findings say, in words, for formats that lay them out themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.findings.catalogue import rule_of
from protocol.named_tuple import NamedTuple

from .finding_order import sorted_groups
from .rendering import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.figures.report import Report
    from inspector.findings.finding import Severity


class Said(NamedTuple):
    """What the findings of a group say; texts of a capture in it are on one line.

    Attributes:
        severity: How much they matter.
        code: Their code.
        headline: What happened.
        cause: Why, and where.
        fix: What to do about it.
    """

    severity: Severity
    code: str
    headline: str
    cause: str
    fix: str


def findings_said(report: Report) -> Iterator[Said]:
    """Yield what the findings of a report say, the worst first."""
    for group in sorted_groups(report):
        rule, finding = rule_of(group.first.code), group.first
        advice = rule.advice(group)
        yield Said(
            finding.severity,
            finding.code,
            safe(rule.headline(group)),
            safe(group.dated(rule.cause(group), advice)),
            safe(advice),
        )
