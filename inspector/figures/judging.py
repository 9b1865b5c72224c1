"""What a report shows as a whole, for the findings that are judged at the end.

=====================  ==========================================================
errors come in a burst 10 calls of a pattern or more fail in a row on a server, as
                       many did not before, and 80 % of its failures are in the row
a pattern is silent    3 calls or more without a reply since it was last answered, 3
                       that it answered before, and otherwise as a server, which
                       answers others for as long
a server is silent     10 calls or more without a reply since it last answered, 10 that
                       it answered before, and for 500 ms at least, and twice as long as
                       the longest of those took
calls waited for one   see :mod:`.turns`
failures share a key   see :mod:`.sharing`
=====================  ==========================================================

and, as :mod:`.health` has them, patterns that fail, and patterns, calls and servers
that are slow; and what chains show, as :mod:`.chain_judging` has it.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

from inspector.calls.exchanges import Kind
from inspector.findings.conclusions import (
    BlockedServer,
    Burst,
    Conclusion,
    FailingCalls,
    Shared,
    SilentPattern,
    SilentServer,
    SlowCalls,
    SlowPattern,
    SlowServer,
)
from inspector.ranges import RangeSet

from .chain_judging import chained
from .failing import failing_patterns
from .health import (
    FEWEST_CALLS,
    calls_from,
    limits_of,
    slow_servers,
)
from .health import SlowServer as Slow
from .rows import PatternRow
from .sharing import FEWEST, FEWEST_OTHERS
from .throwing import thrown
from .traffic import OTHER_PATTERNS, OTHERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .failing import FailingPattern
    from .health import Limits
    from .report import Report
    from .stretches import Stretch

Bursts: TypeAlias = "dict[tuple[str, str, str], Burst]"
"""Carrier, route, server → calls that failed in a row."""
Patterns: TypeAlias = "dict[tuple[str, str], PatternRow]"
"""Carrier, route → its messages."""
Servers: TypeAlias = "dict[tuple[str, str], dict[str, PatternRow]]"
"""Carrier, route → server → the messages that it was asked."""
Failing: TypeAlias = "dict[tuple[str, str], FailingPattern]"
"""Carrier, route → how it fails."""
FEWEST_IN_A_ROW = 10
FEWEST_SILENT = 3
"""Calls of a pattern without a reply, and that were answered before."""
SILENT_NS, SILENT_TIMES = 500_000_000, 2
LEAST_IN_A_ROW = 0.8
"""Of the failures of a pattern, to be one burst."""


# decision 90: What many exchanges show is judged once
def conclusions(report: Report, slow_ns: int | None = None) -> Iterator[Conclusion]:
    """Yield what is known of many exchanges when the last is over.

    Args:
        report: What was found.
        slow_ns: From how long on a call is slow whatever its pattern takes; None for
            no such limit.
    """
    servers, bursts = report.traffic.servers, dict(_bursts(report))
    patterns = {
        key: PatternRow.sum(list(rows.values())) for key, rows in servers.items()
    }
    failing = {
        (each.carrier, each.route): each
        for each in failing_patterns(report)
        if not each.lacks_handler
    }
    yield from _failures(servers, patterns, failing, bursts)
    limits = limits_of(report, slow_ns)
    yield from _slowness(report, servers, patterns, failing, limits)
    yield from chained(report.chains)
    if not report.selective:  # else there are calls that nobody has looked at
        untold = (
            burst
            for (carrier, route, server), burst in bursts.items()
            if (pattern := failing.get((carrier, route))) is None
            or server not in pattern.servers
        )
        silent = chain(_silent(report), _silent_patterns(report, servers))
        yield from chain(silent, _blocked(report), untold, _shared(report))


def _failures(
    servers: Servers, patterns: Patterns, failing: Failing, bursts: Bursts
) -> Iterator[Conclusion]:
    """Yield the patterns that fail, and what others threw."""
    if failing:  # only then is it worth to add up the others
        others = [row for key, row in patterns.items() if key not in failing]
        well = PatternRow.sum(others)
        yield from (_failing(each, well, bursts) for each in failing.values())
    yield from thrown(
        (key[1], name, each)
        for key, rows in servers.items()
        for name, each in rows.items()
        if key not in failing or name not in failing[key].servers
    )


def _slowness(
    report: Report,
    servers: Servers,
    patterns: Patterns,
    failing: Failing,
    limits: Limits,
) -> Iterator[Conclusion]:
    """Yield the patterns, the calls and the servers that are slow."""
    slow_here = {
        (each.carrier, each.route, each.server) for each in slow_servers(report)
    }
    for key, row in patterns.items():
        if key[1] == OTHER_PATTERNS:  # which has no time of its own
            continue
        rows = [
            each for name, each in servers[key].items() if (*key, name) not in slow_here
        ]
        if key not in failing and (slow := _slow_pattern(row, limits)):
            yield slow
        if calls := _slow_calls(PatternRow.sum(rows), limits):
            calls.longest.whole &= not report.selective
            yield calls
    yield from _slow_servers(report)


def _failing(
    pattern: FailingPattern, others: PatternRow, bursts: Bursts
) -> FailingCalls:
    failures = pattern.row.failures
    assert failures is not None
    assert failures.place is not None
    return FailingCalls(
        place=failures.place,
        server=pattern.servers[0],
        last_ns=failures.last_ns,
        servers=pattern.servers,
        asked=pattern.asked,
        elsewhere=pattern.elsewhere.count,
        failed_elsewhere=pattern.elsewhere.failed,
        failed=pattern.failed,
        calls=pattern.calls,
        exchanges=failures.numbers.text(3, "#"),
        texts=failures.texts,
        shortest_ns=failures.shortest_ns,
        longest_ns=failures.longest_ns,
        others=others.latencies.count,
        others_ns=others.latencies.quantile(0.5) or 0,
        bursts=[
            burst
            for server in pattern.servers
            if (burst := bursts.get((pattern.carrier, pattern.route, server)))
        ],
    )


def _slow_pattern(row: PatternRow, limits: Limits) -> SlowPattern | None:
    if row.longest is None or not limits.is_slow(row):
        return None
    return SlowPattern(
        place=row.longest.place,
        server=row.longest.server,
        calls=row.latencies.count,
        median_ns=row.latencies.quantile(0.5) or 0,
        longest_ns=row.longest_ns,
        stages=row.longest.stages,
    )


def _slow_calls(row: PatternRow, limits: Limits) -> SlowCalls | None:
    longest, limit_ns = row.longest, limits.outstanding_from(row)
    if longest is None or not (slow := calls_from(row, limit_ns)):
        return None
    return SlowCalls(
        place=longest.place,
        server=longest.server,
        slow=slow,
        limit_ns=limit_ns or 0,
        shortest_ns=min(
            (ns for ns, _ in row.latencies.items() if ns >= (limit_ns or 0)), default=0
        ),
        longest_ns=row.longest_ns,
        longest=longest,
        median_ns=row.latencies.quantile(0.5) or 0,
    )


def _slow_servers(report: Report) -> Iterator[SlowServer]:
    """Yield the servers that are slow, each with the pattern that shows it most."""
    worst: dict[str, Slow] = {}
    for each in slow_servers(report):
        known = worst.get(each.server)
        if known is None or each.median_ns > known.median_ns:
            worst[each.server] = each
    for each in worst.values():
        row = report.traffic.servers[each.carrier, each.route][each.server]
        if row.longest is not None:
            servers = report.traffic.servers[each.carrier, each.route].values()
            yield SlowServer(
                place=row.longest.place,
                server=each.server,
                servers=sum(own.latencies.count >= FEWEST_CALLS for own in servers),
                median_ns=each.median_ns,
                others_ns=each.others_ns,
                longest_ns=row.longest_ns,
            )


def _silent(report: Report) -> Iterator[SilentServer]:
    for (carrier, server), silence in report.traffic.silences.items():
        if server == OTHERS or not silence.goes_on:
            continue
        rows = [
            row
            for pair, table in report.traffic.tables.items()
            if (pair.carrier, pair.serves) == (carrier, server)
            for row in table.values()
        ]
        answered = PatternRow.sum(rows).latencies
        time_ns = silence.last_ns - silence.first_ns
        fewest = min(silence.numbers.count, answered.count)
        enough = time_ns >= max(SILENT_NS, SILENT_TIMES * answered.maximum)
        if fewest >= FEWEST_IN_A_ROW and enough and silence.place is not None:
            yield SilentServer(
                place=silence.place,
                server=server,
                calls=silence.numbers.count,
                exchanges=silence.numbers.text(3, "#"),
                first_ns=silence.first_ns,
                time_ns=time_ns,
                before=answered.count,
                median_ns=answered.quantile(0.5) or 0,
            )


def _silent_patterns(report: Report, servers: Servers) -> Iterator[SilentPattern]:
    """Yield patterns that a server answers no more, while it answers others.

    Args:
        report: What was found.
        servers: Carrier and route → server → what happened there.
    """
    for (carrier, server, route, kind), stretch in report.traffic.stretches.items():
        silence = stretch.silence
        several = server == OTHERS or route == OTHER_PATTERNS
        if silence is None or several or kind is not Kind.MESSAGE:
            continue
        until_ns = report.traffic.silences[carrier, server].answered_ns
        place, answered = silence.place, servers[carrier, route][server].latencies
        if place is None or stretch.answered_ns >= silence.first_ns:
            continue
        limit_ns = max(SILENT_NS, SILENT_TIMES * answered.maximum)
        times_ns = (silence.last_ns, until_ns)
        enough = all(each - silence.first_ns >= limit_ns for each in times_ns)
        if enough and min(silence.numbers.count, answered.count) >= FEWEST_SILENT:
            yield SilentPattern(
                place=place,
                server=server,
                calls=silence.numbers.count,
                exchanges=silence.numbers.text(3, "#"),
                first_ns=silence.first_ns,
                time_ns=silence.last_ns - silence.first_ns,
                until_ns=until_ns,
                before=answered.count,
                median_ns=answered.quantile(0.5) or 0,
            )


def _blocked(report: Report) -> Iterator[BlockedServer]:
    for server, times in report.turns.blocked():
        if server == OTHERS:
            continue
        longest = max(times, key=lambda each: each.time_ns)
        waiters = [each.place.exchange or 0 for each in longest.waiters]
        numbers = RangeSet()
        for number in waiters:
            numbers.add(number)
        yield BlockedServer(
            place=longest.first.place,
            server=server,
            first=longest.first.place.exchange or 0,
            patterns=len(
                {each.place.route for each in (longest.first, *longest.waiters)}
            ),
            numbers=numbers.text(4, "#"),
            waiters=frozenset(waiters),
            waiting=len(longest.waiters),
            begin_ns=longest.begin_ns,
            time_ns=longest.time_ns,
            times=len(times),
        )


def _bursts(report: Report) -> Iterator[tuple[tuple[str, str, str], Burst]]:
    """Yield runs of calls that failed, by carrier, route and server."""
    for (carrier, server, route, kind), stretch in report.traffic.stretches.items():
        run = stretch.longest
        several = server == OTHERS or route == OTHER_PATTERNS
        if kind is not Kind.MESSAGE or several:
            continue
        if run is not None and _is_burst(stretch):
            yield (
                (carrier, route, server),
                Burst(
                    place=run.place,
                    server=server,
                    failed=run.length,
                    before=run.before,
                    after=stretch.after,
                    first_ns=run.first_ns,
                    last_ns=run.last_ns,
                ),
            )


def _is_burst(stretch: Stretch) -> bool:
    run = stretch.longest
    return (
        run is not None
        and min(run.length, run.before) >= FEWEST_IN_A_ROW
        and run.length >= LEAST_IN_A_ROW * stretch.failed
    )


def _shared(report: Report) -> Iterator[Shared]:
    for text, failed in report.sharing.failed.items():
        paths = failed.shared()
        if failed.failed >= FEWEST and failed.alike >= FEWEST_OTHERS and paths:
            yield Shared(
                place=failed.first,
                server=failed.first.server or failed.first.connection.server_text,
                failed=failed.failed,
                text=text,
                paths=paths,
                others=failed.others,
                whole=not failed.before,
            )
