"""A call that takes much longer than the others of its pattern."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.findings.concluded import ConcludedRule
from inspector.findings.conclusions import SlowCalls
from inspector.findings.finding import Severity
from inspector.findings.phrases import QUEUE, RETURN, slowest_stage, stages_in_words
from inspector.findings.registry import finding
from inspector.words import clock, duration, duration_range, multiple, plural

if TYPE_CHECKING:
    from inspector.findings.conclusions import LongCall
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup

_LEAST_TIMES = 2
"""Times the median; of few calls, half may be as long as the longest."""


@finding("slow-call", Severity.WARNING, about=SlowCalls, rank=4)
class SlowCall(ConcludedRule[SlowCalls]):
    """A call that takes much longer than the others of its pattern."""

    see = "exchanges --sort latency --limit 5"

    def message(self, finding: Finding) -> str:
        calls = finding.concluded(SlowCalls)
        compared = _compared(calls)
        return (
            _taken(calls) + (f", {compared} of " if compared else " of ") + finding.name
        )

    def headline(self, group: FindingGroup) -> str:
        calls = group.first.concluded(SlowCalls)
        compared = _compared(calls)
        whose = "its" if calls.slow == 1 else "their"
        return _taken(calls) + (f", {compared} of {whose} pattern" if compared else "")

    def cause(self, group: FindingGroup) -> str:
        calls = group.first.concluded(SlowCalls)
        which = f"{group.first.name} {group.exchanges()} on {group.services()}"
        longest = " is the longest" if calls.slow > 1 else ""
        asked = f"{which}{longest}, sent in packet {calls.longest.asked_in}"
        if calls.longest.stages is not None:
            stages = stages_in_words(calls.longest.stages)
            return f"{asked}. {stages}{_resent(calls.longest)} {group.packets()}"
        return f"{asked}. {_meanwhile(calls.longest)} {group.packets()}"

    def weight(self, group: FindingGroup) -> int:
        return group.first.concluded(SlowCalls).longest_ns

    def hint(self, finding: Finding) -> str:
        calls = finding.concluded(SlowCalls)
        if calls.longest.resent:
            return "look at the network between the two: bytes were lost"
        if where := slowest_stage(calls.longest.stages):
            return _remedy(finding, where, calls.longest.asked_ns)
        return (
            f"look at what {finding.service} did at {clock(calls.longest.asked_ns)} UTC"
        )


def _remedy(finding: Finding, stage: str, asked_ns: int) -> str:
    """Return where to look, by the stage that was slow."""
    when = f"at {clock(asked_ns)} UTC"
    if stage == QUEUE:
        return f"look at what kept {finding.service} or {finding.broker} busy {when}"
    if stage == RETURN:
        return f"look at what kept the caller or {finding.broker} busy {when}"
    return f"look at what {finding.service} did {when}"


def _resent(call: LongCall) -> str:
    return " Meanwhile bytes of its connection were retransmitted." * call.resent


def _taken(calls: SlowCalls) -> str:
    if calls.slow == 1:
        return f"1 call took {duration(calls.longest_ns)}"
    taken = duration_range(calls.shortest_ns, calls.longest_ns)
    return f"{plural(calls.slow, 'call')} took {taken}"


def _compared(calls: SlowCalls) -> str:
    """Return what the longest is of the median; nothing where that is no measure."""
    if calls.longest_ns < _LEAST_TIMES * calls.median_ns:
        return ""
    upto = "up to " if calls.slow > 1 else ""
    return f"{upto}{multiple(calls.longest_ns / max(calls.median_ns, 1))} the median"


def _share(call: LongCall) -> str:
    """Return how many of the calls that were completed meanwhile are on one side."""
    if call.beside < call.completed:
        return f"{call.beside:,} of them"
    return "all" if call.completed > 1 else "also"


def _meanwhile(call: LongCall) -> str:
    """Return what the server did meanwhile: network, process or this handler."""
    if call.resent:
        return "Meanwhile bytes of its connection were retransmitted."
    if not call.completed:
        if not call.whole:
            return "Nothing was retransmitted meanwhile."
        return (
            "Meanwhile that server completed no other call, and nothing was "
            "retransmitted."
        )
    beside = f", {_share(call)} on this connection" if call.beside else ""
    only = "only this handler waited" if call.beside else "only this connection waited"
    least = "" if call.whole else "at least "
    others = f"{least}{plural(call.completed, 'other call')}"
    return (
        f"Meanwhile that server completed {others}{beside}, and nothing was "
        f"retransmitted: {only}."
    )
