"""A clock that was set while calls were pending."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.steps import ClockStep as Step
from inspector.findings.finding import Severity
from inspector.findings.registry import finding
from inspector.findings.rule import Details, Rule
from inspector.words import clock, duration_range, plural, sentence, times, verb

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context

_BACK, _AHEAD = "back", "ahead"
_WHY = {
    _BACK: "although the records are in the order in which they were sent",
    _AHEAD: "although TCP acknowledges within half a second, or sends again",
}


@finding("clock-step", Severity.WARNING, about=Step, rank=289)
class ClockStep(Rule[Step]):
    """A clock that was set while calls were pending."""

    fix = (
        "let the time service of the host that captures slew its clock (chrony without "
        "makestep, ntpd -x), and do not set it while a capture runs"
    )
    see = "exchanges --where 'kind == \"message\" and latency == undefined'"
    either_side = True

    def details(self, step: Step, _context: Context) -> Details:
        before, after = step.before, step.after
        return Details(
            subject=_BACK if step.by_ns < 0 else _AHEAD,
            detail=(
                f"between packets {before.number} and {after.number} the time goes "
                f"from {clock(before.time_ns)} to {clock(after.time_ns)} UTC"
            ),
            duration_ns=abs(step.by_ns),
            size=step.calls.count,
            others=step.calls,
        )

    def message(self, finding: Finding) -> str:
        took_ns = finding.duration_ns
        return (
            f"the clock of the capture was set {_by(finding, took_ns, took_ns)} before "
            f"packet {finding.packet}, with {plural(finding.size, 'call')} pending"
        )

    def headline(self, group: FindingGroup) -> str:
        often = "" if group.count == 1 else f" {times(group.count)},"
        by = _by(group.first, group.shortest_ns, group.longest_ns)
        return f"the clock of the capture was set{often} {by}"

    def cause(self, group: FindingGroup) -> str:
        they = "it" if group.size == 1 else "they"
        return (
            f"{sentence(group.example())}, {_WHY[group.first.subject]}. "
            f"{plural(group.size, 'call')} {verb(group.size, 'was')} pending then "
            f"({group.exchanges()}); how long {they} took is unknown and not counted. "
            f"{group.packets()}"
        )


def _by(finding: Finding, shortest_ns: int, longest_ns: int) -> str:
    """Return how far clocks were set: ``back by at least 5.00 s``.

    What a call took is part of the difference that its times show.
    """
    limit = "at least" if finding.subject == _BACK else "at most"
    return f"{finding.subject} by {limit} {duration_range(shortest_ns, longest_ns)}"
