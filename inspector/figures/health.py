"""What fails, what is slow, where: the state of the services in a few figures.

=================  ==============================================================
a pattern fails    on a server, or on all: 3 errors or more, and 10 % of its calls or
                   more there
a call is slow     10 times the median of its pattern and 100 ms above that, of 20
                   calls or more; of fewer, or of calls that somebody chose, 1 s, unless
                   the pattern is slow; or as long as somebody says who asks for it
a pattern is slow  3 calls or more, none of them a stream, and half of them take 1 s
                   or more, or as long as somebody says
a server is slow   it takes 5 times the median of the others for a pattern, and 20 ms
                   more, of 20 calls or more on either side
=================  ==============================================================

A refusal (a status code from 400 to 499) is the caller's fault and no failure. Of calls
that somebody chose, no pattern is said to fail and no server to be slow.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from inspector.calls.exchanges import Kind
from inspector.calls.statuses import REFUSED
from protocol.named_tuple import NamedTuple

from .alarms import Alarms, alarms
from .failing import FailingPattern, failing_patterns
from .rows import PatternRow

if TYPE_CHECKING:
    from .report import Report
    from .traffic import Pattern

# decision 84: Health is judged with room for chance
FEWEST_CALLS = 20
"""Of a pattern, before a call of it is slow; of a server, before it is."""
SLOW_TIMES, SLOW_ABOVE_NS = 10, 100_000_000
SLOW_NS = 1_000_000_000
"""Whatever others take: half of a pattern that is slow, or a call of few."""
FEWEST_SLOW = 3
"""Calls of a pattern that is slow, or that one of them stands out from."""
SERVER_TIMES, SERVER_ABOVE_NS = 5, 20_000_000


class SlowRoute(NamedTuple):
    """A pattern of which calls stand out: they are slow, and it is not.

    Attributes:
        route: The route.
        slow: How many of its calls are slow …
        calls: … of how many that were answered.
        longest_ns: What the longest took …
        median_ns: … and half of all at most.
    """

    route: str
    slow: int
    calls: int
    longest_ns: int
    median_ns: int


class SlowServer(NamedTuple):
    """A server that takes longer than the others for one pattern.

    Attributes:
        carrier: What carries it.
        route: The pattern.
        server: The server.
        median_ns: What it takes …
        others_ns: … and what they take.
    """

    carrier: str
    route: str
    server: str
    median_ns: int
    others_ns: int


class Health(NamedTuple):
    """The state of the services.

    Attributes:
        patterns: What happened by carrier, route and kind.
        selective: Whether calls were left out that nobody asked for.
        calls: Message calls.
        over: Those that were not in flight when the capture ended.
        failed: Those that ended in an error or without a handler, refusals aside.
        refused: Those that a status code says the caller is at fault for.
        unanswered: Those without a reply.
        failing: Patterns of which too many failed, the worst first.
        unhandled: Routes of which some call had no handler.
        thrown: Routes of which some call ended in an error, refusals aside.
        statuses: Status code → calls that failed with it.
        slow: Calls that are slow …
        slow_routes: … and where they stand out, the longest first.
        slowest_ns: The longest time from request to reply.
        slow_server: The server that is slowest beside others; None for none.
        alarms: What findings say besides.
    """

    patterns: dict[Pattern, PatternRow]
    selective: bool
    calls: int
    over: int
    failed: int
    refused: int
    unanswered: int
    failing: list[FailingPattern]
    unhandled: list[str]
    thrown: list[str]
    statuses: Counter[int]
    slow: int
    slow_routes: list[SlowRoute]
    slowest_ns: int
    slow_server: SlowServer | None
    alarms: Alarms


def assess(report: Report, slow_ns: int | None = None) -> Health:
    """Return the state of the services that a report is about.

    Args:
        report: The report.
        slow_ns: From how long on a call is slow whatever its pattern takes, in
            nanoseconds; None for what was asked of the inspection.
    """
    limits, patterns = limits_of(report, slow_ns), report.patterns
    rows = {key: row for key, row in patterns.items() if key[2] is Kind.MESSAGE}
    return Health(
        patterns=patterns,
        selective=report.selective,
        calls=(calls := sum(row.count for row in rows.values())),
        over=calls - report.in_flight,
        failed=sum(row.failed for row in rows.values()),
        refused=sum(row.refused for row in rows.values()),
        unanswered=sum(row.unanswered for row in rows.values()),
        failing=failing_patterns(report),
        unhandled=sorted(
            route for (_, route, _), row in rows.items() if _unhandled(row)
        ),
        thrown=sorted(route for (_, route, _), row in rows.items() if _thrown(row)),
        statuses=_statuses(rows),
        slow=sum(calls_from(row, limits.slow_from(row)) for row in rows.values()),
        slow_routes=_slow_routes(rows, limits),
        slowest_ns=max((row.latencies.maximum for row in rows.values()), default=0),
        slow_server=max(
            slow_servers(report), key=lambda each: each.median_ns, default=None
        ),
        alarms=alarms(report),
    )


class Limits(NamedTuple):
    """From how long on something is slow in a report.

    Attributes:
        slow_ns: What somebody says, in nanoseconds; None for the usual.
        selective: Whether calls were left out, so that no pattern is judged as a whole.
    """

    slow_ns: int | None = None
    selective: bool = False

    def slow_from(self, row: PatternRow) -> int | None:
        """Return from how long on a call is slow, in ns; None for no limit."""
        limits = [] if self.slow_ns is None else [self.slow_ns]
        median, few = row.latencies.quantile(0.5), row.latencies.count < FEWEST_CALLS
        if (few or self.selective) and not (limits or row.streams or self.is_slow(row)):
            limits.append(SLOW_NS)
        if median is not None and not few:
            limits.append(max(SLOW_TIMES * median, median + SLOW_ABOVE_NS))
        return min(limits, default=None)

    def outstanding_from(self, row: PatternRow) -> int | None:
        """Return from how long on a call stands out from its pattern; None for none.

        Where the pattern is slow as a whole, not every call of it does.
        """
        usual = self._replace(slow_ns=None) if self.is_slow(row) else self
        return usual.slow_from(row)

    def is_slow(self, row: PatternRow) -> bool:
        """Whether a pattern is slow: its calls, not those that ask for a stream.

        How long the first value of a stream takes depends on what it tells of.
        """
        few = row.latencies.count < FEWEST_SLOW
        if self.selective or row.streams or few:
            return False
        limit_ns = SLOW_NS if self.slow_ns is None else self.slow_ns
        return (row.latencies.quantile(0.5) or 0) >= limit_ns


def limits_of(report: Report, slow_ns: int | None = None) -> Limits:
    """Return from how long on something is slow in a report.

    Args:
        report: The report.
        slow_ns: What somebody says, in nanoseconds; None for what was asked of the
            inspection.
    """
    slow_ns = report.slow_ns if slow_ns is None else slow_ns
    return Limits(slow_ns, report.selective)


def calls_from(row: PatternRow, limit_ns: int | None) -> int:
    """Return how many calls took as long as a limit, or longer; none without one."""
    if limit_ns is None or row.latencies.maximum < limit_ns:
        return 0
    return sum(n for ns, n in row.latencies.items() if ns >= limit_ns)


def _slow_routes(rows: dict[Pattern, PatternRow], limits: Limits) -> list[SlowRoute]:
    found = [
        SlowRoute(
            route,
            slow,
            row.latencies.count,
            row.latencies.maximum,
            row.latencies.quantile(0.5) or 0,
        )
        for (_, route, _), row in rows.items()
        if (slow := calls_from(row, limits.outstanding_from(row)))
    ]
    return sorted(found, key=lambda each: (-each.longest_ns, each.route))


def _unhandled(row: PatternRow) -> int:
    return row.failures.unhandled if row.failures else 0


def _thrown(row: PatternRow) -> int:
    return row.failed - _unhandled(row)


def _statuses(rows: dict[Pattern, PatternRow]) -> Counter[int]:
    statuses: Counter[int] = Counter()
    for row in rows.values():
        if row.failures is not None:
            statuses.update(row.failures.statuses)
    return Counter({code: n for code, n in statuses.items() if code not in REFUSED})


def slow_servers(report: Report) -> list[SlowServer]:
    """Return for each pattern the server that is slow beside the others."""
    if report.selective:
        return []
    found = (
        _slowest_server(*key, servers)
        for key, servers in report.traffic.servers.items()
        if len(servers) > 1
    )
    return [each for each in found if each is not None]


def _slowest_server(
    carrier: str, route: str, servers: dict[str, PatternRow]
) -> SlowServer | None:
    """Return the slowest server for a pattern, if it is slow beside the others."""
    medians = {
        server: row.latencies.quantile(0.5) or 0
        for server, row in servers.items()
        if row.latencies.count >= FEWEST_CALLS
    }
    if len(medians) < 2:  # noqa: PLR2004 — nobody to compare it with
        return None
    slowest = max(medians, key=medians.__getitem__)
    others = PatternRow.sum([servers[each] for each in medians if each != slowest])
    median_ns, others_ns = medians[slowest], others.latencies.quantile(0.5) or 0
    if median_ns < max(SERVER_TIMES * others_ns, others_ns + SERVER_ABOVE_NS):
        return None
    return SlowServer(carrier, route, slowest, median_ns, others_ns)
