"""What fails, what is slow, where: the state of the services in a few figures.

=================  ==============================================================
a pattern fails    3 errors or more, and 10 % of its calls or more
a call is slow     10 times the median of its pattern and 100 ms above that, of 20
                   calls or more; of fewer, 1 s, unless the pattern is slow; or as long
                   as somebody says who asks for it
a pattern is slow  3 calls or more, none of them a stream, and half of them take 1 s
                   or more, or as long as somebody says
a server is slow   it takes 5 times the median of the others for a pattern, and 20 ms
                   more, of 20 calls or more on either side
=================  ==============================================================

A refusal (a status code from 400 to 499) is the caller's fault and no failure.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from inspector.calls.exchanges import Kind
from inspector.calls.statuses import REFUSED

from .alarms import Alarms, alarms
from .rows import PatternRow

if TYPE_CHECKING:
    from .report import Report
    from .traffic import Pattern

# decision 84: Health is judged with room for chance
FEWEST_ERRORS = 3
LEAST_SHARE = 0.1
"""Of the calls of a pattern that fails."""
FEWEST_CALLS = 20
"""Of a pattern, before a call of it is slow; of a server, before it is."""
SLOW_TIMES, SLOW_ABOVE_NS = 10, 100_000_000
SLOW_NS = 1_000_000_000
"""Whatever others take: half of a pattern that is slow, or a call of few."""
FEWEST_SLOW = 3
"""Calls of a pattern that is slow, or that one of them stands out from."""
SERVER_TIMES, SERVER_ABOVE_NS = 5, 20_000_000


class FailingPattern(NamedTuple):
    """A pattern of which too many calls fail.

    Attributes:
        route: The route.
        first: The number of the first call of it that failed.
        failed: Calls that failed …
        calls: … of how many.
        shortest_ns: The shortest time to failure …
        longest_ns: … and the longest.
    """

    route: str
    first: int
    failed: int
    calls: int
    shortest_ns: int
    longest_ns: int


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
        calls: Message calls.
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
    calls: int
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
    slow_ns = report.slow_ns if slow_ns is None else slow_ns
    patterns = report.patterns
    rows = {key: row for key, row in patterns.items() if key[2] is Kind.MESSAGE}
    return Health(
        patterns=patterns,
        calls=sum(row.count for row in rows.values()),
        failed=sum(row.failed for row in rows.values()),
        refused=sum(row.refused for row in rows.values()),
        unanswered=sum(row.unanswered for row in rows.values()),
        failing=_failing(rows),
        unhandled=sorted(
            route for (_, route, _), row in rows.items() if _unhandled(row)
        ),
        thrown=sorted(route for (_, route, _), row in rows.items() if _thrown(row)),
        statuses=_statuses(rows),
        slow=sum(slow_calls(row, slow_ns) for row in rows.values()),
        slow_routes=_slow_routes(rows, slow_ns),
        slowest_ns=max((row.latencies.maximum for row in rows.values()), default=0),
        slow_server=max(
            slow_servers(report), key=lambda each: each.median_ns, default=None
        ),
        alarms=alarms(report),
    )


def fails(row: PatternRow) -> bool:
    """Whether too many calls of a pattern fail."""
    return row.failed >= FEWEST_ERRORS and row.failed >= LEAST_SHARE * row.count


def slow_calls(row: PatternRow, slow_ns: int | None = None) -> int:
    """Return how many calls of a pattern are slow."""
    return calls_from(row, slow_from(row, slow_ns))


def slow_from(row: PatternRow, slow_ns: int | None = None) -> int | None:
    """Return from how long on a call of a pattern is slow, in ns; None for no limit."""
    limits = [] if slow_ns is None else [slow_ns]
    median = row.latencies.quantile(0.5)
    if median is not None and row.latencies.count >= FEWEST_CALLS:
        limits.append(max(SLOW_TIMES * median, median + SLOW_ABOVE_NS))
    elif not (limits or row.streams or is_slow(row)):
        limits.append(SLOW_NS)
    return min(limits, default=None)


def outstanding_from(row: PatternRow, slow_ns: int | None = None) -> int | None:
    """Return from how long on a call stands out from its pattern; None for no limit.

    Where the pattern is slow as a whole, not every call of it does.
    """
    return slow_from(row, None if is_slow(row, slow_ns) else slow_ns)


def is_slow(row: PatternRow, slow_ns: int | None = None) -> bool:
    """Whether a pattern is slow: its calls, not those that ask for a stream.

    How long the first value of a stream takes depends on what it tells of.
    """
    if row.streams or row.latencies.count < FEWEST_SLOW:
        return False
    limit_ns = SLOW_NS if slow_ns is None else slow_ns
    return (row.latencies.quantile(0.5) or 0) >= limit_ns


def calls_from(row: PatternRow, limit_ns: int | None) -> int:
    """Return how many calls took as long as a limit, or longer; none without one."""
    if limit_ns is None or row.latencies.maximum < limit_ns:
        return 0
    return sum(n for ns, n in row.latencies.items() if ns >= limit_ns)


def _slow_routes(
    rows: dict[Pattern, PatternRow], slow_ns: int | None
) -> list[SlowRoute]:
    found = [
        SlowRoute(
            route,
            slow,
            row.latencies.count,
            row.latencies.maximum,
            row.latencies.quantile(0.5) or 0,
        )
        for (_, route, _), row in rows.items()
        if (slow := calls_from(row, outstanding_from(row, slow_ns)))
    ]
    return sorted(found, key=lambda each: (-each.longest_ns, each.route))


def _failing(rows: dict[Pattern, PatternRow]) -> list[FailingPattern]:
    found = [
        FailingPattern(
            route,
            row.failures.first,
            row.failed,
            row.count,
            row.failures.shortest_ns,
            row.failures.longest_ns,
        )
        for (_, route, _), row in rows.items()
        if row.failures is not None and fails(row)
    ]
    return sorted(found, key=lambda each: (-each.failed, each.route))


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
