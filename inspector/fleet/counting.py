"""What was counted of a source to a view: plain figures, in order.

On a loopback interface every host has the same address. There it is the name of the
source that says which host is meant.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

from inspector.calls.serving import group_in
from inspector.carriers.registry import carriers
from inspector.figures.latency import Latencies

from .report import Cause, Durations, Noticed, Row, Speakers, View, ordered
from .scopes import OTHERS, Scope, host_of, scope_of_pair

if TYPE_CHECKING:
    from collections.abc import Collection

    from inspector.calls.exchanges import Kind
    from inspector.figures.report import Report
    from inspector.figures.rows import PatternRow
    from inspector.figures.traffic import Pair
    from inspector.streams.packets import PacketCounts

    from .resuming import ResumablePipeline
    from .scopes import Found, ScopedFinding, ScopedTotal


def view_of(
    pipeline: ResumablePipeline,
    report: Report,
    sources: tuple[str, ...],
    scopes: Collection[Scope] | None = None,
) -> View:
    """Return what a pipeline has counted.

    Args:
        pipeline: It has read everything.
        report: Its figures.
        sources: The names of those that it has read.
        scopes: The scopes that are meant; None for all.
    """
    own = sources[0] if len(sources) == 1 else ""
    speakers = [
        _speakers(scope, carrier, total, own)
        for scope, carrier, total in pipeline.connections.scopes()
        if scopes is None or scope in scopes
    ]
    rows = [
        _row(pair, route, kind, row, own)
        for pair, table in report.traffic.tables.items()
        if scopes is None or scope_of_row(*pair[:3]) in scopes
        for (route, kind), row in table.items()
    ]
    findings = [
        _noticed(found, finding, own)
        for found, finding in pipeline.found.rows.items()
        if scopes is None or found.scope in scopes
    ]
    return View(sources, ordered(speakers), ordered(rows), ordered(findings))


def _speakers(scope: Scope, carrier: str, total: ScopedTotal, own: str) -> Speakers:
    return Speakers(
        _named(scope.first, own),
        _named(scope.second, own),
        carrier,
        total.connections,
        total.resets,
        _packets(total.counts),
    )


def _noticed(found: Found, finding: ScopedFinding, own: str) -> Noticed:
    return Noticed(
        _named(found.scope.first, own),
        _named(found.scope.second, own),
        found.code,
        found.severity,
        found.subject,
        _named(found.server, own),
        finding.count,
        finding.message,
        finding.hint,
        finding.route,
        finding.first_ns,
        finding.last_ns,
    )


def causes_of(report: Report, source: str) -> list[Cause]:
    """Return which calls requests cause, as a source saw it."""
    return ordered(
        Cause(
            source,
            carrier,
            route,
            link.kind.value,
            *caused,
            link.requests,
            link.calls,
            link.most,
            link.waited_ns,
        )
        for (carrier, route), row in report.chains.rows.items()
        for caused, link in row.links.items()
    )


def named_scope(scope: Scope, source: str) -> Scope:
    """Return a scope as views of a source name it; no source for several."""
    return Scope(_named(scope.first, source), _named(scope.second, source))


def scope_of_row(carrier: str, client: str, server: str) -> Scope:
    """Return the scope of a row."""
    if OTHERS.first in {client, server}:
        return OTHERS
    known = carriers().get(carrier)
    return scope_of_pair(client, server, brokered=known is not None and known.brokered)


def durations_of(latencies: Latencies) -> Durations | None:
    """Return durations as they are written down; None for none."""
    if not latencies.count:
        return None
    return Durations(latencies.maximum, *latencies.counted)


def latencies_of(durations: Durations | None) -> Latencies:
    """Return durations as they are counted."""
    if durations is None:
        return Latencies()
    return Latencies.restored(durations.longest_ns, durations.exact, durations.buckets)


def _row(pair: Pair, route: str, kind: Kind, row: PatternRow, own: str) -> Row:
    failures, stages = row.failures, row.stages
    return Row(
        pair.carrier,
        _named(pair.client, own),
        _named(pair.server, own),
        _named(pair.service, own),
        route,
        kind.value,
        row.count,
        row.errors,
        failures.unhandled if failures else 0,
        dict(sorted(failures.statuses.items())) if failures else {},
        row.unanswered,
        row.bytes,
        durations_of(row.latencies),
        durations_of(stages.broker) if stages else None,
        durations_of(stages.handler) if stages else None,
    )


def _packets(counts: PacketCounts) -> dict[str, int]:
    found = {name: getattr(counts, name) for name in sorted(counts.__slots__)}
    return {name: count for name, count in found.items() if count}


def _named(end: str, source: str) -> str:
    """Return who is meant; an address of a loopback interface is that of its source."""
    group = group_in(end)
    if group is not None:
        return f"{group[0]} ({_named(group[1], source)})"
    host = host_of(end)
    if not source or not is_loopback(host):
        return end
    return source + end[len(host) :]


def is_loopback(host: str) -> bool:
    """Whether an address is that of every host itself."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:  # such as the name of a group
        return False
