"""Requests whose independent calls wait for one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.findings.chain_conclusions import SequentialCalls as Sequential
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
from inspector.words import duration, listing

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup


@finding("sequential-calls", Severity.NOTE, about=Sequential, rank=86)
class SequentialCalls(ConcludedRule[Sequential]):
    """Requests whose independent calls wait for one another."""

    fix = "make them at once, unless one decides whether the next is made at all"
    see = "chain"

    def subject(self, sequential: Sequential) -> str:
        return route_of(sequential)

    def message(self, finding: Finding) -> str:
        sequential = finding.concluded(Sequential)
        calls = listing(list(map(called, sequential.calls)))
        saved = duration(sequential.saved_ns)
        return (
            f"{called(finding.route)} made {calls} in turn, {saved} longer than need be"
        )

    def headline(self, group: FindingGroup) -> str:
        sequential = group.first.concluded(Sequential)
        which = of_requests(
            sequential.requests, sequential.among, called(group.first.route)
        )
        calls = listing(list(map(called, sequential.calls)))
        return f"{which} waited for {calls} one after another"

    def cause(self, group: FindingGroup) -> str:
        sequential, first = group.first.concluded(Sequential), group.first
        saved = share_of(sequential.saved_ns, sequential.whole_ns)
        others = ""
        if sequential.requests > 1:
            numbers = sequential.numbers.text(4, "#")
            others = f", {numbers} together {duration(sequential.all_saved_ns)}"
        return (
            f"These calls, answered in {the_packets(sequential.packets)}, have nothing "
            "of one another's answers in their data. Made at once, they would save "
            f"#{first.exchange} up to {saved}{others}. {group.packets()}"
        )

    def weight(self, group: FindingGroup) -> int:
        return group.first.concluded(Sequential).all_saved_ns
