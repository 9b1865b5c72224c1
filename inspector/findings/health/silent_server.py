"""A server that answers nothing any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.findings.concluded import ConcludedRule
from inspector.findings.conclusions import SilentServer as Silence
from inspector.findings.finding import Severity
from inspector.findings.registry import finding
from inspector.words import clock, duration, plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup


@finding("silent-server", Severity.ERROR, about=Silence, rank=0)
class SilentServer(ConcludedRule[Silence]):
    """A server that answers nothing any more."""

    fix = (
        "look at what the service did at that time: a handler that never ends or "
        "blocks, a pool that is exhausted, a process that was stopped"
    )
    see = "exchanges --where 'outcome == \"unanswered\"' --limit 5"

    def subject(self, conclusion: Silence) -> str:
        return conclusion.server

    def message(self, finding: Finding) -> str:
        silence = finding.concluded(Silence)
        since = f"{clock(silence.first_ns)} UTC"
        return f"{finding.called(silence.server)} answers nothing from {since} on"

    def headline(self, group: FindingGroup) -> str:
        return group.first.message

    def cause(self, group: FindingGroup) -> str:
        silence = group.first.concluded(Silence)
        calls = plural(silence.calls, "call")
        before = f"{plural(silence.before, 'call')} before"
        return (
            f"{calls} ({silence.exchanges}) had no reply within "
            f"{duration(silence.time_ns)}. It answered {before}, in "
            f"{duration(silence.median_ns)} at the median. {group.packets()}"
        )
