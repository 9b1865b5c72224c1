"""The lists that the report knows: patterns, services, findings; and connections."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeAlias, cast

from inspector.figures.services import Service, named, one_host, services
from inspector.figures.traffic import Pair
from inspector.findings.catalogue import rule_of
from inspector.findings.finding import Severity
from inspector.shorthand import short
from inspector.views.clock import Clock
from inspector.views.end_names import cut_end, end_rooms, without_host
from inspector.views.finding_order import sorted_groups
from inspector.views.layout import Cell, Column
from inspector.views.rendering import align_decimals, carrier_title, milliseconds, safe
from inspector.views.theme import UNCUT
from inspector.views.traffic_tables import chosen, pair_table, pattern_table

from .listed import Columns, Figures, Rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from inspector.figures.report import Report
    from inspector.figures.rows import PatternRow
    from inspector.figures.traffic import Pattern
    from inspector.findings.groups import FindingGroup
    from inspector.streams.connections import Connection

    from .session import Session
    from .store import Store

    CountedPattern: TypeAlias = tuple[Pattern, PatternRow]
    Used: TypeAlias = tuple[int, int, int, int, int, int | None]

_MOST_CONNECTIONS = 10_000
"""Connections that are listed, those with most exchanges."""
_WORST = {severity: place for place, severity in enumerate(reversed(Severity))}
_ROOM_OF_USE = 44
"""Cells of the number of a connection, and of the columns up to the longest latency."""
_ROOM_OF_A_CARRIER = 10
_TIMES = {"p50 ms": 0.5, "p99 ms": 0.99, "max ms": 1.0}


def pattern_list(report: Report) -> Figures:
    """Return all patterns, those in trouble first, then the slowest."""
    shown, rest = chosen(report.patterns)
    patterns = [*shown, *rest.items()]
    several = len(report.carriers) > 1

    def made(values: list[object], width: int) -> tuple[Columns, Rows]:
        counted = cast("list[CountedPattern]", values)
        return pattern_table(counted, width, several=several)

    keys: dict[str, Callable[[object], object]] = {
        "Patterns": lambda each: short(cast("CountedPattern", each)[0][1]),
        **_counted_keys(lambda each: cast("CountedPattern", each)[1]),
        "bytes": lambda each: cast("CountedPattern", each)[1].bytes,
    }
    return Figures(patterns, made, keys)


def service_list(report: Report) -> Figures:
    """Return who asks whom, the worst first."""
    known = services(report)
    host = one_host(each.pair for each in known) or ""
    shown = dict(zip(map(id, known), named(known, report.names), strict=True))

    def made(values: list[object], width: int) -> tuple[Columns, Rows]:
        found = [shown[id(each)] for each in values]
        return pair_table(found, width, None, host)

    keys: dict[str, Callable[[object], object]] = {
        "Services": lambda each: cast("Service", each).pair.client,
        "→ server": lambda each: cast("Service", each).pair.server,
        **_counted_keys(lambda each: cast("Service", each).calls),
        "events": lambda each: cast("Service", each).events,
    }
    return Figures(known, made, keys)


def _counted_keys(
    row_of: Callable[[object], PatternRow],
) -> dict[str, Callable[[object], object]]:
    keys: dict[str, Callable[[object], object]] = {
        "count": lambda each: row_of(each).count,
        "errors": lambda each: row_of(each).errors,
        "no reply": lambda each: row_of(each).unanswered,
    }
    for name, which in _TIMES.items():
        keys[name] = partial(_quantile, row_of, which)
    return keys


def _quantile(
    row_of: Callable[[object], PatternRow], which: float, each: object
) -> int:
    found = row_of(each).latencies.quantile(which)
    return -1 if found is None else found


def finding_list(report: Report) -> Figures:
    """Return what was found, the worst first."""

    def made(values: list[object], _width: int) -> tuple[Columns, Rows]:
        groups = cast("list[FindingGroup]", values)
        columns = [
            Column("Findings"),
            Column("", flexible=20),
            Column("times", right=True),
            Column("code"),
        ]
        return columns, [_finding_row(each) for each in groups]

    keys: dict[str, Callable[[object], object]] = {
        "Findings": lambda each: _WORST[cast("FindingGroup", each).first.severity],
        "times": lambda each: cast("FindingGroup", each).count,
        "code": lambda each: cast("FindingGroup", each).first.code,
    }
    return Figures(sorted_groups(report), made, keys)


def _finding_row(group: FindingGroup) -> list[Cell]:
    finding = group.first
    headline = safe(rule_of(finding.code).headline(group))
    return [
        Cell(finding.severity, finding.severity),
        Cell(headline),
        Cell(f"{group.count:,}"),
        Cell(finding.code, "muted"),
    ]


def _client(connection: Connection) -> str:
    return connection.names.client(connection.client_text)


def _server(connection: Connection) -> str:
    return connection.names.server(connection.server_text)


def _carrier(connection: Connection) -> str:
    return carrier_title(connection.carrier)


_ENDS = {"client": _client, "→ server": _server, "carrier": _carrier}
"""Column of connections that is a text → what it has of one."""


def connection_list(session: Session) -> Figures:
    """Return the connections in use, those with most exchanges first."""
    store = session.store
    known = store.ends(_MOST_CONNECTIONS)
    host = one_host(Pair("", client, server) for _, client, server in known) or ""

    def made(values: list[object], width: int) -> tuple[Columns, Rows]:
        used = cast("list[Used]", values)
        several = len(session.carriers) > 1
        room = width - _ROOM_OF_USE - _ROOM_OF_A_CARRIER * several
        found = [store.connection(each[0]) for each in used]
        ends = _end_cells(found, "" if width >= UNCUT else host, room)
        for cells, each in zip(ends, found, strict=True):
            cells.extend([Cell(carrier_title(each.carrier), "muted")] * several)
        columns = [
            Column("Connections", right=True),
            Column("client"),
            Column("→ server"),
            *[Column("carrier")] * several,
            Column("exchanges", right=True),
            Column("failed", right=True),
            Column("max ms", right=True),
            Column("first", right=True),
            Column("last", right=True),
        ]
        longest = align_decimals([milliseconds(each[5]) for each in used])
        clock = Clock(session.first_ns, session.times)
        return columns, [
            _connection_row(each, pair, took, clock)
            for each, pair, took in zip(used, ends, longest, strict=True)
        ]

    places = {"Connections": 0, "exchanges": 1, "failed": 2, "first": 3, "last": 4}
    keys: dict[str, Callable[[object], object]] = {
        name: partial(_figure, place) for name, place in places.items()
    }
    keys["max ms"] = partial(_figure, 5)
    for name, text in _ENDS.items():
        keys[name] = partial(_text_of, store, text)
    return Figures(store.used(_MOST_CONNECTIONS), made, keys)


def _text_of(store: Store, text: Callable[[Connection], str], each: object) -> str:
    return text(store.connection(cast("Used", each)[0]))


def _figure(place: int, each: object) -> int:
    figure = cast("Used", each)[place]
    return -1 if figure is None else figure


def _end_cells(found: list[Connection], host: str, room: int) -> list[list[Cell]]:
    """Return the clients and servers of connections, their ports whole."""
    shown = [
        (each.names.client(each.client_text), each.names.server(each.server_text))
        for each in found
    ]
    clients = [safe(without_host(client, host)) for client, _ in shown]
    servers = [safe(without_host(server, host)) for _, server in shown]
    left, right = end_rooms(clients, servers, room)
    return [
        [Cell(cut_end(client, left), "client"), Cell(cut_end(server, right), "server")]
        for client, server in zip(clients, servers, strict=True)
    ]


def _connection_row(
    used: Used, ends: list[Cell], took: str, clock: Clock
) -> list[Cell]:
    number, exchanges, failed, first_ns, last_ns, _ = used
    return [
        Cell(f"{number}", "muted"),
        *ends,
        Cell(f"{exchanges:,}"),
        Cell(f"{failed:,}", "error" if failed else "muted"),
        Cell(took),
        Cell(clock.text(first_ns), "muted"),
        Cell(clock.text(last_ns), "muted"),
    ]
