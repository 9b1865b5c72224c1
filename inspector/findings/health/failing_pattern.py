"""A pattern of which too many calls fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.findings.concluded import ConcludedRule
from inspector.findings.conclusions import FailingCalls
from inspector.findings.finding import Severity
from inspector.findings.phrases import quote, servers
from inspector.findings.registry import finding
from inspector.words import after, duration, one_time, plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup

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
        failed = f"{finding.name} failed {calls.failed:,} of {calls.calls:,} times"
        if len(calls.servers) == calls.asked:
            return failed
        if len(calls.servers) == 1:
            return f"{failed} on {servers(finding, calls.servers)}"
        return f"{failed} on {len(calls.servers):,} of {calls.asked:,} servers"

    def headline(self, group: FindingGroup) -> str:
        first = group.first
        return f"{first.message}: {first.detail}" if first.detail else first.message

    def cause(self, group: FindingGroup) -> str:
        calls = group.first.concluded(FailingCalls)
        texts = ""
        if len(calls.texts) > 1:
            more = " or more" * (calls.texts.total() < calls.failed)
            texts = f" {plural(len(calls.texts), 'different text')}{more} of errors."
        where = servers(group.first, calls.servers)
        time = after(calls.shortest_ns, calls.longest_ns, calls.failed)
        return (
            f"{calls.exchanges} on {where}, {time}{_elsewhere(calls)}{_others(calls)}."
            f"{texts}{_limit(calls)} {group.packets()}"
        )

    def weight(self, group: FindingGroup) -> int:
        return group.first.concluded(FailingCalls).failed

    def hint(self, finding: Finding) -> str:
        calls = finding.concluded(FailingCalls)
        if not _limit(calls):
            if len(calls.servers) == calls.asked:
                return self.fix
            where = servers(finding, calls.servers)
            return (
                f"compare {where} with the others: version, settings, what it calls; "
                "its log at the times of these calls"
            )
        return (
            f"find out what the handler waits {duration(calls.longest_ns)} for; a "
            "caller that should give up earlier needs timeout()"
        )


def _elsewhere(calls: FailingCalls) -> str:
    """Return how the calls of the pattern do on the other servers, if there are any."""
    others = calls.asked - len(calls.servers)
    if not others:
        return ""
    where = plural(others, "other server")
    if not calls.failed_elsewhere:
        count = plural(calls.elsewhere, "call")
        return f"; of {count} to {where} none failed"
    return f"; {calls.failed_elsewhere:,} of {calls.elsewhere:,} failed on {where}"


def _others(calls: FailingCalls) -> str:
    """Return how the calls of other patterns do."""
    if not calls.others:
        return ""
    other = plural(calls.others, "call")
    half = " at the median" * (calls.others > 1)
    return f"; {other} of other patterns took {duration(calls.others_ns)}{half}"


def _limit(calls: FailingCalls) -> str:
    """Return what one text and one time say, where there is but one of each."""
    one = len(calls.texts) <= 1 and one_time(calls.shortest_ns, calls.longest_ns)
    if not one or calls.shortest_ns < _LONG_NS:
        return ""
    return " All have the same text and the same time: a timeout expired."
