"""A pattern of which too many calls fail."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from msgspec.structs import replace

from inspector.findings.concluded import ConcludedRule
from inspector.findings.conclusions import FailingCalls
from inspector.findings.finding import Severity
from inspector.findings.phrases import quote, servers
from inspector.findings.registry import finding
from inspector.words import (
    after,
    clock,
    duration,
    listing,
    one_time,
    plural,
    without_numbers,
)

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup

_NAMED = 4
_AT_ONCE_NS = 1_000_000_000
"""Within this time patterns begin to fail together."""
_LONG_NS = 100_000_000
"""From here on, one time for all failures is no chance but somebody's limit."""


@finding("failing-pattern", Severity.ERROR, about=FailingCalls, rank=2)
class FailingPattern(ConcludedRule[FailingCalls]):
    """A pattern of which too many calls fail."""

    fix = "look in the log of the service at the times of these calls"
    see = 'exchanges --where \'outcome in ["error", "no_handler"]\' --sort route'

    def subject(self, calls: FailingCalls) -> str:
        """Return the same for all patterns that fail alike: one cause, as a rule."""
        if len(calls.texts) != 1:
            return super().subject(calls)
        return f"{' '.join(sorted(calls.servers))} {without_numbers(*calls.texts)}"

    def detail(self, calls: FailingCalls) -> str:
        ((text, _),) = calls.texts.most_common(1) or [("", 0)]
        return quote(text)

    def message(self, finding: Finding) -> str:
        calls = finding.concluded(FailingCalls)
        return f"{finding.name} {_failed(finding, calls)}"

    def headline(self, group: FindingGroup) -> str:
        first, calls, routes = group.first, together(group), _routes(group)
        who = first.name if len(routes) == 1 else f"{len(routes):,} patterns"
        texts = {each.detail for each in group.concluded}
        text = first.detail if len(texts) == 1 else without_numbers(first.detail)
        said = f": {text}" if text.strip("“…”") else ""
        return f"{who} {_failed(first, calls)}{said}"

    def cause(self, group: FindingGroup) -> str:
        calls, routes = together(group), _routes(group)
        texts = ""
        if len(calls.texts) > 1 and len(routes) == 1:
            more = " or more" * (calls.texts.total() < calls.failed)
            texts = f" {plural(len(calls.texts), 'different text')}{more} of errors."
        which = calls.exchanges if len(routes) == 1 else _named(routes)
        where = servers(group.first, calls.servers)
        time = after(calls.shortest_ns, calls.longest_ns, calls.failed)
        return (
            f"{which} on {where}, {time}{_elsewhere(calls)}{_others(calls)}."
            f"{texts}{_in_a_row(calls)}{_limit(calls)} {group.packets()}"
        )

    def weight(self, group: FindingGroup) -> int:
        return together(group).failed

    def hint(self, finding: Finding) -> str:
        return _remedy(finding, finding.concluded(FailingCalls)) or self.fix

    def advice(self, group: FindingGroup) -> str:
        return _remedy(group.first, together(group)) or self.fix


def together(group: FindingGroup) -> FailingCalls:
    """Return the calls of all patterns of a group, which fail on the same servers."""
    every = [each.concluded(FailingCalls) for each in group.concluded]
    whole = all(len(each.bursts) == len(each.servers) for each in every)
    return replace(
        every[0],
        asked=max(each.asked for each in every),
        elsewhere=sum(each.elsewhere for each in every),
        failed_elsewhere=sum(each.failed_elsewhere for each in every),
        failed=sum(each.failed for each in every),
        calls=sum(each.calls for each in every),
        texts=sum((each.texts for each in every), Counter()),
        shortest_ns=min(each.shortest_ns for each in every),
        longest_ns=max(each.longest_ns for each in every),
        bursts=[burst for each in every for burst in each.bursts] if whole else [],
    )


def _routes(group: FindingGroup) -> dict[str | None, list[Finding]]:
    """Return the patterns of a group, the worst first."""
    routes: dict[str | None, list[Finding]] = {}
    for each in group.concluded:
        routes.setdefault(each.route, []).append(each)
    return dict(sorted(routes.items(), key=lambda item: -_of(item[1]).failed))


def _of(findings: list[Finding]) -> FailingCalls:
    return findings[0].concluded(FailingCalls)


def _named(routes: dict[str | None, list[Finding]]) -> str:
    """Return patterns with how many of their calls fail, of many the worst."""
    names = [
        f"{each[0].name} ({_of(each).failed:,} of {_of(each).calls:,})"
        for each in list(routes.values())[:_NAMED]
    ]
    rest = len(routes) - _NAMED
    return listing(names, f"{plural(rest, 'more pattern')}" if rest > 0 else "")


def _failed(finding: Finding, calls: FailingCalls) -> str:
    """Return how many calls failed, and on which servers if not on all."""
    failed = f"failed {calls.failed:,} of {calls.calls:,} times"
    if len(calls.servers) == calls.asked:
        return failed
    if len(calls.servers) == 1:
        return f"{failed} on {servers(finding, calls.servers)}"
    return f"{failed} on {len(calls.servers):,} of {calls.asked:,} servers"


def _remedy(finding: Finding, calls: FailingCalls) -> str:
    """Return what to do where more is known than that calls fail."""
    where = servers(finding, calls.servers)
    if _limit(calls):
        return (
            f"find out what the handler waits {duration(calls.longest_ns)} for; a "
            "caller that should give up earlier needs timeout()"
        )
    if len(calls.servers) != calls.asked:
        return (
            f"compare {where} with the others: version, settings, what it calls; "
            "its log at the times of these calls"
        )
    if calls.bursts:
        since = clock(min(each.first_ns for each in calls.bursts))
        return f"find out what changed for {where} at {since} UTC; look in its log"
    return ""


def _in_a_row(calls: FailingCalls) -> str:
    """Return since when calls failed in a row, as a sentence, if they did."""
    if not calls.bursts:
        return ""
    failed, before, well = (
        sum(getattr(each, name) for each in calls.bursts)
        for name in ("failed", "before", "after")
    )
    first, last = (f(each.first_ns for each in calls.bursts) for f in (min, max))
    since = f"from {clock(first)} UTC on"
    if last - first > _AT_ONCE_NS:
        since = f"beginning between {clock(first)} and {clock(last)} UTC"
    rest = f"{well:,} after" if well else "none after"
    others = f"{plural(before, 'call')} before did not fail, and {rest}"
    them = "All" if failed == calls.failed else f"{failed:,} of them"
    return f" {them} failed in a row, {since}: {others}."


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
