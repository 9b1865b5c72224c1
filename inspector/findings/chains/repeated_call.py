"""Requests that make the same call again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.findings.chain_conclusions import RepeatedCalls
from inspector.findings.concluded import ConcludedRule
from inspector.findings.finding import Severity
from inspector.findings.phrases import (
    called,
    of_requests,
    route_of,
    share_of,
    the_packets,
)
from inspector.findings.registry import finding
from inspector.words import plural, times

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup


@finding("repeated-call", Severity.WARNING, about=RepeatedCalls, rank=56)
class RepeatedCall(ConcludedRule[RepeatedCalls]):
    """Requests that make the same call again and again."""

    see = "chain"

    def subject(self, repeated: RepeatedCalls) -> str:
        return f"{route_of(repeated)} {repeated.carrier} {repeated.call}"

    def message(self, finding: Finding) -> str:
        repeated = finding.concluded(RepeatedCalls)
        how_often = times(repeated.most)
        return (
            f"{called(finding.route)} made the call {called(repeated.call)} {how_often}"
        )

    def headline(self, group: FindingGroup) -> str:
        repeated = group.first.concluded(RepeatedCalls)
        which = of_requests(
            repeated.requests, repeated.among, called(group.first.route)
        )
        least, most = repeated.least, repeated.most
        many = times(most) if least == most else f"{least:,} to {times(most)}"
        each = " each" if repeated.requests > 1 else ""
        return f"{which} made the call {called(repeated.call)} {many}{each}"

    def cause(self, group: FindingGroup) -> str:
        repeated, first = group.first.concluded(RepeatedCalls), group.first
        order = ", one after another" if repeated.in_turn else ""
        data = " with the same data" if repeated.alike else ""
        took = share_of(repeated.spent_ns, repeated.whole_ns)
        calls = plural(repeated.calls, "call")
        requests = repeated.numbers.text(4, "#")
        return (
            f"{calls}{data}{order}, for {requests}, answered in "
            f"{the_packets(repeated.packets)}; of #{first.exchange} they took {took}. "
            f"{group.packets()}"
        )

    def hint(self, finding: Finding) -> str:
        if finding.concluded(RepeatedCalls).alike:
            return "ask once, and keep the answer for the time of the request"
        return "ask for all in one call, for example with a list of what is needed"

    def weight(self, group: FindingGroup) -> int:
        return group.first.concluded(RepeatedCalls).calls
