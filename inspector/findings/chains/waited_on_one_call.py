"""Requests that waited for one call nearly all of their time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.findings.chain_conclusions import WaitedOnCall
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

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup


@finding("waited-on-one-call", Severity.NOTE, about=WaitedOnCall, rank=87)
class WaitedOnOneCall(ConcludedRule[WaitedOnCall]):
    """Requests that waited for one call nearly all of their time."""

    see = "chain"

    def subject(self, waited: WaitedOnCall) -> str:
        return f"{route_of(waited)} {waited.carrier} {waited.call}"

    def message(self, finding: Finding) -> str:
        waited = finding.concluded(WaitedOnCall)
        took = share_of(waited.waited_ns, waited.whole_ns)
        call = f"#{waited.example} {called(waited.call)}"
        return f"{called(finding.route)} waited {took} for {call}"

    def headline(self, group: FindingGroup) -> str:
        waited = group.first.concluded(WaitedOnCall)
        which = of_requests(waited.requests, waited.among, called(group.first.route))
        return f"{which} waited for {called(waited.call)} nearly all the time"

    def cause(self, group: FindingGroup) -> str:
        waited, first = group.first.concluded(WaitedOnCall), group.first
        took = share_of(waited.waited_ns, waited.whole_ns)
        several = waited.requests > 1
        longest = f", the longest of {waited.numbers.text(4, '#')}" if several else ""
        return (
            f"#{first.exchange} waited {took} for #{waited.example}{longest}; that was "
            f"answered in {the_packets(waited.packets)}. {group.packets()}"
        )

    def hint(self, finding: Finding) -> str:
        call = called(finding.concluded(WaitedOnCall).call)
        return f"look at what {call} does: what is around it takes next to no time"

    def weight(self, group: FindingGroup) -> int:
        return group.first.concluded(WaitedOnCall).waited_ns
