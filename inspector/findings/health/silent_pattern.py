"""A pattern that a server answers no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.findings.concluded import ConcludedRule
from inspector.findings.conclusions import SilentPattern as Silence
from inspector.findings.finding import Severity
from inspector.findings.registry import finding
from inspector.words import clock, duration, plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup


@finding("silent-pattern", Severity.ERROR, about=Silence, rank=7)
class SilentPattern(ConcludedRule[Silence]):
    """A pattern that a server answers no more."""

    fix = (
        "look at what its handler has waited for since that time: a lock, a pool, a "
        "service behind it; timeout() on the client bounds the wait"
    )
    see = "exchanges --where 'outcome == \"unanswered\"' --sort route"

    def message(self, finding: Finding) -> str:
        silence = finding.concluded(Silence)
        since = f"{clock(silence.first_ns)} UTC"
        return f"{finding.name} has no reply from {since} on"

    def headline(self, group: FindingGroup) -> str:
        return group.first.message

    def cause(self, group: FindingGroup) -> str:
        silence = group.first.concluded(Silence)
        server = group.first.called(silence.server)
        calls = plural(silence.calls, "call")
        return (
            f"{calls} ({silence.exchanges}) had no reply within "
            f"{duration(silence.time_ns)}, while {server} answered other patterns "
            f"until {clock(silence.until_ns)} UTC. Before that it had answered "
            f"{plural(silence.before, 'call')} of the pattern, in "
            f"{duration(silence.median_ns)} at the median. {group.packets()}"
        )
