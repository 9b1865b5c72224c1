"""Findings, services, patterns and packets of a page, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Kind
from inspector.figures.rows import PatternRow
from inspector.figures.services import named, one_host, services
from inspector.findings.catalogue import rule_of
from inspector.findings.finding import Severity
from inspector.shorthand import short
from inspector.views.chain_table import CHAIN_COLUMNS, chain_sentences, chain_table
from inspector.views.end_names import without_host
from inspector.views.finding_order import sorted_groups
from inspector.views.rendering import carrier_title, safe
from inspector.views.see_command import see_words
from inspector.views.traffic_tables import urgency
from inspector.views.wire_table import WIRE_COLUMNS, wire_rows
from inspector.words import duration, plural

from .tables import Entry, count, name, table, table_of_view, time

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from inspector.figures.health import Limits
    from inspector.figures.report import Report
    from inspector.figures.services import ByPort, Service
    from inspector.figures.traffic import Pattern
    from inspector.findings.groups import FindingGroup

    from .page_limits import PageLimits
    from .tables import Json

_FIGURES = [
    ("calls", "figure"),
    ("errors", "figure"),
    ("no reply", "figure"),
    ("p50 ms", "figure ms"),
    ("p99 ms", "figure ms"),
    ("max ms", "figure ms"),
]
_STAGES = [("broker ms", "figure ms extra"), ("handler ms", "figure ms extra")]
_LAST = [("total s", "figure extra"), ("bytes", "figure extra")]
_PROGRAM = "protocol-inspect"
_CLIENTS, _SERVERS = range(2, 13), range(2, 7)
"""How many there may be for a matrix of them."""
_SUMS = 2  # rows of the table of packets


def findings(report: Report, names: str, limits: PageLimits) -> Json:
    """Return the findings, the worst first, and how many are left out.

    Args:
        report: What was found.
        names: The captures as a shell has them; empty where nobody can read them again.
        limits: How many there may be.
    """
    groups = sorted_groups(report)
    return {
        "shown": [_finding(each, names) for each in groups[: limits.findings]],
        "left_out": max(len(groups) - limits.findings, 0),
    }


def _finding(group: FindingGroup, names: str) -> Json:
    rule, finding = rule_of(group.first.code), group.first
    advice = rule.advice(group)
    note = finding.severity is Severity.NOTE
    return {
        "severity": finding.severity,
        "code": finding.code,
        "count": group.count,
        "headline": safe(rule.headline(group)),
        "cause": safe(group.dated(rule.cause(group), advice)),
        "fix": safe(advice),
        "see": "" if note else " ".join(see_words(finding, names, _PROGRAM)),
    }


def patterns(
    caption: str,
    rows: Mapping[Pattern, PatternRow],
    slow: Limits,
    limits: PageLimits,
) -> Json:
    """Return the table of patterns, the worst first; None where there is none.

    Args:
        caption: What it shows.
        rows: What happened by pattern.
        slow: From how long on a call is slow.
        limits: How many rows there may be; the last is of all others then.
    """
    ordered = sorted(rows.items(), key=urgency)
    if not ordered:
        return None
    several = len({carrier for carrier, _, _ in rows}) > 1
    stages = any(row.stages for _, row in ordered)
    shown, rest = ordered[: limits.rows], [row for _, row in ordered[limits.rows :]]
    entries = []
    for (carrier, route, kind), row in shown:
        first = [Entry(name(safe(short(route))), "route")]
        first += [Entry(carrier_title(carrier), "muted")] * several
        event = kind is Kind.EVENT
        entries.append([*first, *_figures(row, slow, event=event, stages=stages)])
    if rest:
        first = [Entry(f"and {len(rest):,} more", "muted"), *[Entry("")] * several]
        row = PatternRow.sum(rest)
        entries.append([*first, *_figures(row, slow, event=False, stages=stages)])
    columns = [
        ("pattern", "name"),
        *[("carrier", "text")] * several,
        *_FIGURES,
        *_STAGES * stages,
        *_LAST,
    ]
    return table(caption, columns, entries, foot=bool(rest))


def _figures(
    row: PatternRow, slow: Limits, *, event: bool, stages: bool
) -> list[Entry | None]:
    size = count(row.bytes)
    if event:
        none = Entry("–", "muted", -1)
        return (
            [count(row.count), none, none, Entry("event", "muted", -1)]
            + [None] * (3 + 2 * stages)
            + [size]
        )
    latencies, limit = row.latencies, slow.slow_from(row)
    longest = latencies.maximum if latencies.count else None
    is_slow = limit is not None and longest is not None and longest >= limit
    total_ns = sum(ns * number for ns, number in latencies.items())
    return [
        count(row.count),
        count(row.errors, "error"),
        count(row.unanswered, "error"),
        time(latencies.quantile(0.5)),
        time(latencies.quantile(0.99)),
        time(longest, "warning" if is_slow else ""),
        *_stages(row) * stages,
        Entry(f"{total_ns / 1e9:,.2f}", "", total_ns),
        size,
    ]


def _stages(row: PatternRow) -> list[Entry]:
    if row.stages is None:
        return [time(None), time(None)]
    both = row.stages.broker, row.stages.handler
    return [time(each.quantile(0.5)) for each in both]


def pairs(report: Report, by_port: ByPort) -> list[Service]:
    """Return who asks whom, by the names that people know, the worst first."""
    found = services(report, by_port)
    host = one_host(each.pair for each in found) or ""
    found = named(found, report.names)
    return [
        each._replace(
            pair=each.pair._replace(
                client=safe(without_host(each.pair.client, host)),
                server=safe(without_host(each.pair.server, host)),
            )
        )
        for each in found
    ]


def services_table(found: Sequence[Service], limits: PageLimits) -> Json:
    """Return the table of who asks whom; None where nobody is known to.

    Args:
        found: Who asks whom, the worst first.
        limits: How many rows there may be; the last is of all others then.
    """
    if not found:
        return None
    several = len({each.pair.carrier for each in found}) > 1
    events = any(each.events for each in found)
    shown, rest = found[: limits.rows], found[limits.rows :]
    rows = []
    for each in shown:
        ends = (
            Entry(name(each.pair.client), "client"),
            Entry(name(each.pair.server), "server"),
        )
        carrier = [Entry(carrier_title(each.pair.carrier), "muted")] * several
        rows.append([*ends, *carrier, *_asked([each], events=events)])
    if rest:
        first = [Entry(f"and {len(rest):,} more", "muted"), Entry("")]
        rows.append([*first, *[Entry("")] * several, *_asked(rest, events=events)])
    columns = [
        ("client", "name"),
        ("server", "text"),
        *[("carrier", "text")] * several,
        *_FIGURES,
        *[("events", "figure")] * events,
    ]
    caption = "Who calls whom, and how that goes"
    return table(caption, columns, rows, foot=bool(rest))


def _asked(found: Sequence[Service], *, events: bool) -> list[Entry]:
    """Return what some clients ask of servers, together."""
    calls = PatternRow.sum([each.calls for each in found])
    longest = calls.latencies.maximum if calls.latencies.count else None
    return [
        count(calls.count),
        count(calls.errors, "error"),
        count(calls.unanswered, "error"),
        time(calls.latencies.quantile(0.5)),
        time(calls.latencies.quantile(0.99)),
        time(longest, "warning" if any(each.slow for each in found) else ""),
        *[count(sum(each.events for each in found))] * events,
    ]


def matrix(found: Sequence[Service]) -> Json:
    """Return the longest call of each client with each server; None where too many."""
    clients = list(dict.fromkeys(each.pair.client for each in found))
    servers = list(dict.fromkeys(each.pair.server for each in found))
    known = {(each.pair.client, each.pair.server): each for each in found}
    fits = len(clients) in _CLIENTS and len(servers) in _SERVERS
    dense = 2 * len(known) >= len(clients) * len(servers)
    if not fits or not dense or len(known) < len(found):
        return None
    rows = [
        [
            Entry(name(client), "client"),
            *(_longest(known.get((client, server))) for server in servers),
        ]
        for client in clients
    ]
    columns = [("client", "name"), *((each, "figure") for each in servers)]
    return table("The longest call of each client with each server", columns, rows)


def _longest(service: Service | None) -> Entry:
    if service is None:
        return Entry("–", "muted", -1)
    calls, trouble = service.calls, service.trouble
    if trouble:
        said = f"{trouble:,} failed"
    elif calls.count:
        said = plural(calls.count, "call")
    else:
        said = plural(service.events, "event")
    style = "error" if trouble else "warning" if service.slow else ""
    longest = calls.latencies.maximum
    took = duration(longest) if calls.latencies.count else "–"
    return Entry(f"{took}\n{said}", style, longest)


def chains(report: Report, limits: PageLimits) -> Json:
    """Return which routes cause which calls; None where no chain was seen."""
    rows = chain_table(report.chains, limits.rows)
    if not rows:
        return None
    caption = "Which route causes which calls"
    foot = len(report.chains.rows) > limits.rows  # how many more routes there are
    return {
        "table": table_of_view(caption, CHAIN_COLUMNS, rows, int(foot)),
        "sentences": chain_sentences(report.chains),
    }


def wire(report: Report) -> Json:
    """Return the table of packets on the wire, each of which is in one row."""
    caption = "Packets on the wire: each captured packet is in exactly one row"
    return table_of_view(caption, WIRE_COLUMNS, wire_rows(report), _SUMS)
