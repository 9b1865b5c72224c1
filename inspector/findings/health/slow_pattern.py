"""A pattern whose calls take a second or more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.findings.concluded import ConcludedRule
from inspector.findings.conclusions import SlowPattern as Slowness
from inspector.findings.finding import Severity
from inspector.findings.phrases import QUEUE, RETURN, slowest_stage, stages_in_words
from inspector.findings.registry import finding
from inspector.words import duration, plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup


@finding("slow-pattern", Severity.WARNING, about=Slowness, rank=6)
class SlowPattern(ConcludedRule[Slowness]):
    """A pattern whose calls take a second or more."""

    fix = "find out what the handler waits for; timeout() on the client bounds the wait"
    see = "timeline"

    def message(self, finding: Finding) -> str:
        half = duration(finding.concluded(Slowness).median_ns)
        return f"half of the calls of {finding.name} took {half} or more"

    def headline(self, group: FindingGroup) -> str:
        calls = group.first.concluded(Slowness)
        median = duration(calls.median_ns)
        return f"{group.first.name} took {median} at the median"

    def cause(self, group: FindingGroup) -> str:
        calls = group.first.concluded(Slowness)
        return (
            f"{plural(calls.calls, 'call')} on {group.services()}; the longest, "
            f"{group.exchanges()}, took {duration(calls.longest_ns)}. "
            f"{_stages(calls)}{group.packets()}"
        )

    def weight(self, group: FindingGroup) -> int:
        return group.first.concluded(Slowness).median_ns

    def hint(self, finding: Finding) -> str:
        stage = slowest_stage(finding.concluded(Slowness).stages)
        if stage == QUEUE:
            return f"find out what keeps {finding.service} from taking its requests"
        if stage == RETURN:
            return "find out what keeps the callers from taking their replies"
        return self.fix


def _stages(calls: Slowness) -> str:
    """Return how long each stage of the longest took over a broker, as a sentence."""
    return f"{stages_in_words(calls.stages)} " if calls.stages is not None else ""
