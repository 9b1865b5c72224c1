"""The report of a fleet by the figures of a capture, so that both are judged alike."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from inspector.calls.exchanges import Kind
from inspector.figures.failures import Failures
from inspector.figures.report import Report
from inspector.figures.rows import PatternRow
from inspector.figures.services import Service, services
from inspector.figures.stage_times import StageTimes
from inspector.figures.traffic import Pair
from inspector.streams.clocks import Clock
from inspector.streams.names import NO_NAMES, Names
from inspector.words import plural

from .counting import latencies_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .report import FleetReport, Noticed, Row, Shared, SourceFigures

_ENOUGH = 30
"""Packets that say well enough how two clocks differ."""
_SEVERITIES = ("error", "warning", "note")
_ADVICE = "; TLS is read with the key log of a side (--keylog), see docs/tls.md"
_TLS = "TLS "
"""How what is said of connections of TLS begins that nobody decrypts."""


class Overview(msgspec.Struct, frozen=True):
    """What a person wants to know first.

    Attributes:
        services: Who asks whom, worst first, by address.
        names: What hosts are called.
        findings: Those of all views, the worst first, then the most frequent.
        exchanges: Messages and events …
        messages: … messages alone …
        errors: … those that ended in an error …
        unanswered: … and those without a reply.
        shared: Exchanges that several sources saw, and that count once.
        connections: On how many connections …
        packets: … and how many packets of these, each once.
    """

    services: list[Service]
    names: Names
    findings: list[Noticed]
    exchanges: int
    messages: int
    errors: int
    unanswered: int
    shared: int
    connections: int
    packets: int


def overview(fleet: FleetReport, slow_ns: int | None = None) -> Overview:
    """Return what a report says, in the order in which a person should look at it.

    Args:
        fleet: The report.
        slow_ns: From how long on a call is slow whatever its pattern takes; None for
            no such limit.
    """
    report = Report()
    report.slow_ns = slow_ns
    tables = report.traffic.tables
    for row in rows_of(fleet):
        pair = Pair(row.carrier, row.client, row.server, row.service)
        table, key = tables.setdefault(pair, {}), (row.route, Kind(row.kind))
        table.setdefault(key, PatternRow()).merge(_pattern_row(row))
    messages = [row for row in rows_of(fleet) if row.kind == Kind.MESSAGE]
    scopes = [scope for view in fleet.views for scope in view.scopes]
    return Overview(
        services(report),
        names_of(fleet),
        _worst_first(fleet),
        sum(row.count for row in rows_of(fleet)),
        sum(row.count for row in messages),
        sum(row.errors for row in messages),
        sum(row.unanswered for row in messages),
        fleet.left_out + _shared(fleet),
        sum(scope.connections for scope in scopes),
        sum(sum(_packets(scope.packets)) for scope in scopes),
    )


def chosen_by(fleet: FleetReport) -> str:
    """Return the expression that chose exchanges; empty if all of them count."""
    asked = fleet.asked.get("where")  # of a file, which may hold anything
    texts = [str(each) for each in asked] if isinstance(asked, list) else []
    return " and ".join(f"({each})" for each in texts) if texts[1:] else "".join(texts)


def not_decrypted(source: SourceFigures) -> Iterator[str]:
    """Yield, in words, how many connections of a source were not decrypted, and why."""
    for why, count in source.not_decrypted.items():
        yield f"TLS of {plural(count, 'connection')} is not decrypted: {why}"


def lacks_nest(source: SourceFigures) -> Iterator[str]:
    """Yield, in words, what a source has instead of Nest's traffic, if it has none."""
    if source.connections or not source.records or source.not_decrypted:
        return
    speak = f" ({', '.join(source.foreign)})" if source.foreign else ""
    packets = plural(source.records, "packet")
    of = plural(source.other_connections, "TCP connection")
    tls = any(each.startswith(_TLS) for each in source.foreign)
    yield f"no Nest traffic in {packets} of {of}{speak}{_ADVICE if tls else ''}"


def others(fleet: FleetReport) -> list[tuple[str, int]]:
    """Return what connections speak that are not Nest's, the most frequent first."""
    counted: Counter[str] = Counter()
    for source in fleet.sources:
        counted.update(source.foreign)
    return sorted(counted.items(), key=lambda each: (-each[1], each[0]))


def _shared(fleet: FleetReport) -> int:
    several = (view for view in fleet.views if len(view.sources) > 1)
    return sum(row.count for view in several for row in view.rows)


def rows_of(fleet: FleetReport) -> Iterator[Row]:
    """Yield the rows of all views."""
    for view in fleet.views:
        yield from view.rows


def names_of(fleet: FleetReport) -> Names:
    """Return what the hosts of a fleet are called."""
    named = addressed(fleet)
    return Names(named) if named else NO_NAMES


def addressed(fleet: FleetReport) -> dict[str, str]:
    """Return address → the source whose host it is of: the first that has it."""
    named: dict[str, str] = {}
    for source in fleet.sources:
        for address in source.addresses:
            if "/" not in address:
                named.setdefault(address, source.name)
    return named


def _worst_first(fleet: FleetReport) -> list[Noticed]:
    found = [finding for view in fleet.views for finding in view.findings]
    return sorted(
        found,
        key=lambda each: (
            _SEVERITIES.index(each.severity),
            -each.count,
            each.code,
            each.server,
            each.message,
        ),
    )


def _packets(counts: dict[str, int]) -> Iterator[int]:
    """Yield the packets of all kinds; those without room are of some kind already."""
    return (count for kind, count in counts.items() if kind != "zero_windows")


def _pattern_row(row: Row) -> PatternRow:
    made = PatternRow()
    made.count, made.errors, made.bytes = row.count, row.errors, row.bytes
    made.unanswered = row.unanswered
    made.latencies = latencies_of(row.latency)
    if row.errors:
        made.failures = Failures()
        made.failures.unhandled = row.unhandled
        made.failures.statuses = Counter(row.statuses)
    if row.broker is not None or row.handler is not None:
        made.stages = StageTimes()
        made.stages.broker = latencies_of(row.broker)
        made.stages.handler = latencies_of(row.handler)
    return made


def spanning(fleet: FleetReport) -> dict[str, Shared]:
    """Return source → how its clock differs from the one that it is compared with.

    Of several it is the first source that shares enough packets with it, so that most
    clocks are compared with the same.
    """
    found: dict[str, Shared] = {}
    for each in sorted(fleet.shared, key=_few_then_leading):
        found.setdefault(each.source, each)
    return found


def time_span(fleet: FleetReport) -> tuple[int, int] | None:
    """Return the times of the first and the last packet; None without any.

    Clocks are aligned: each time is one of the clock that leads, directly or by way of
    others, as far as packets show how they differ.
    """
    clocks = {name: _clock(each) for name, each in spanning(fleet).items()}
    times = [
        _leading_ns(source.name, time_ns, clocks)
        for source in fleet.sources
        if source.first_ns is not None
        for time_ns in (source.first_ns, source.last_ns)
    ]
    return (min(times), max(times)) if times else None


def _leading_ns(name: str, time_ns: int, clocks: Mapping[str, Clock]) -> int:
    """Return a time of a source by the clock that leads."""
    left = len(clocks)  # a report may be one that nobody has made
    while (clock := clocks.get(name)) is not None and left:
        name, time_ns = clock.leading, clock.leading_ns(time_ns)
        left -= 1
    return time_ns


def _clock(shared: Shared) -> Clock:
    return Clock(
        shared.source, shared.leading, shared.offset_ns, shared.drift, shared.at_ns
    )


def _few_then_leading(shared: Shared) -> tuple[bool, str]:
    return shared.packets < _ENOUGH, shared.leading
