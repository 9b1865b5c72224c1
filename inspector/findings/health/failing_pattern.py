"""A pattern of which too many calls fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.findings.concluded import ConcludedRule
from inspector.findings.conclusions import FailingCalls
from inspector.findings.finding import Severity
from inspector.findings.phrases import quote
from inspector.findings.registry import finding
from inspector.words import duration, duration_range, plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup

_ALIKE = 0.01
"""Of a time that differs by no more, it is said once."""
_LONG_NS = 100_000_000
"""From here on, one time for all failures is no chance but somebody's limit."""


@finding("failing-pattern", Severity.ERROR, about=FailingCalls, rank=2)
class FailingPattern(ConcludedRule[FailingCalls]):
    """A pattern of which too many calls fail."""

    fix = "look in the log of the service at the times of these calls"

    def detail(self, calls: FailingCalls) -> str:
        ((text, _),) = calls.texts.most_common(1) or [("", 0)]
        return quote(text)

    def message(self, finding: Finding) -> str:
        calls = finding.concluded(FailingCalls)
        return f"{finding.name} failed {calls.failed:,} of {calls.calls:,} times"

    def headline(self, group: FindingGroup) -> str:
        first = group.first
        return f"{first.message}: {first.detail}" if first.detail else first.message

    def cause(self, group: FindingGroup) -> str:
        calls = group.first.concluded(FailingCalls)
        texts = ""
        if len(calls.texts) > 1:
            more = " or more" * (calls.texts.total() < calls.failed)
            texts = f" {plural(len(calls.texts), 'different text')}{more} of errors."
        return (
            f"{calls.exchanges} on {group.services()}, {_time(calls)}{_others(calls)}."
            f"{texts}{_limit(calls)} {group.packets()}"
        )

    def weight(self, group: FindingGroup) -> int:
        return group.first.concluded(FailingCalls).failed

    def hint(self, finding: Finding) -> str:
        calls = finding.concluded(FailingCalls)
        if not _limit(calls):
            return self.fix
        return (
            f"find out what the handler waits {duration(calls.longest_ns)} for; a "
            "caller that should give up earlier needs timeout()"
        )


def _time(calls: FailingCalls) -> str:
    """Return how long it took until the calls failed."""
    if calls.longest_ns - calls.shortest_ns <= _ALIKE * calls.longest_ns:
        each = "each " * (calls.failed > 1)
        return f"{each}after {duration(calls.longest_ns)}"
    return f"after {duration_range(calls.shortest_ns, calls.longest_ns)}"


def _others(calls: FailingCalls) -> str:
    """Return how the calls of other patterns do."""
    if not calls.others:
        return ""
    other = plural(calls.others, "call")
    half = " at the median" * (calls.others > 1)
    return f"; {other} of other patterns took {duration(calls.others_ns)}{half}"


def _limit(calls: FailingCalls) -> str:
    """Return what one text and one time say, where there is but one of each."""
    one_time = calls.longest_ns - calls.shortest_ns <= _ALIKE * calls.longest_ns
    if len(calls.texts) > 1 or not one_time or calls.shortest_ns < _LONG_NS:
        return ""
    return " All have the same text and the same time: a timeout expired."
