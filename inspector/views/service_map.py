"""The map of services: lines from those who ask to those who are asked.

::

    Map                                               calls  failed   max ms
    10.1.0.10 ─┬──► 10.1.1.6:8889  cmd:orders.create    200       4  3217
    10.1.0.11 ─┼──► 10.1.1.7:9000  cmd:stock.reserve    200       4    12.2
    10.1.0.12 ─┘

Clients that call the same servers share one bus, so that a line shows nothing that
was not seen: every client on it calls every server on it. The label at a branch is of
the clients on its bus.
"""

from __future__ import annotations

from itertools import chain, zip_longest
from typing import TYPE_CHECKING

from inspector.figures.services import folded, together, worst_first
from inspector.shorthand import short
from protocol.lazy_regex import lazy_regex
from protocol.named_tuple import NamedTuple

from .end_names import cut_end, end_rooms, without_host
from .layout import Cell, Column, measure, table_lines
from .rendering import CANNOT_BE, align_decimals, milliseconds, safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from inspector.figures.services import Service

    from .layout import Row
    from .text import Text

MOST_SPEAKING = 12
"""Clients and servers of a map that is not folded."""
_DIGITS = lazy_regex(r"([0-9]+)")
_ALONE = " ───► "
_FIGURES = [
    Column("", flexible=10, is_name=True),
    Column("calls", right=True),
    Column("failed", right=True),
    Column("max ms", right=True),
]
_ROOM_OF_A_ROUTE = 24  # cells, that names leave to routes if they can
_BETWEEN = 2  # columns


class Bus(NamedTuple):
    """Clients that ask the same servers.

    Attributes:
        clients: Who asks.
        branches: Who is asked, worst first; the pair of each is that of the first
            client, and its figures are of all of them.
    """

    clients: list[str]
    branches: list[Service]


def buses(found: Sequence[Service]) -> list[Bus]:
    """Return services as buses, those of the worst first."""
    asked: dict[str, list[Service]] = {}
    for each in found:
        asked.setdefault(each.pair.client, []).append(each)
    alike: dict[frozenset[str], list[str]] = {}
    for client, own in asked.items():
        alike.setdefault(frozenset(each.pair.server for each in own), []).append(client)
    return [
        Bus(sorted(clients, key=_natural), _branches(clients, asked))
        for clients in alike.values()
    ]


def map_lines(found: Sequence[Service], width: int, host: str = "") -> Iterator[Text]:
    """Yield the map of some services, folded where they are many.

    Args:
        found: The services, worst first.
        width: Cells of a line.
        host: Where all that speak are, which need not be said; empty where they differ.
    """
    drawn = buses(folded(found, MOST_SPEAKING))
    named = [_without(bus, host) for bus in drawn]
    figures = [_figures(bus.branches) for bus in drawn]
    taken = measure(_FIGURES, chain.from_iterable(figures))
    taken[0] = min(taken[0], _ROOM_OF_A_ROUTE)
    clients, servers = end_rooms(
        [name for left, _ in named for name in left],
        [name for _, right in named for name in right],
        width - sum(taken) - _BETWEEN * len(taken) - len(_ALONE),
    )
    rows = [
        [Cell(cut_end(client, clients) + glyph + cut_end(server, servers)), *cells]
        for (left, right), branches in zip(named, figures, strict=True)
        for client, glyph, server, cells in _rows(left, right, branches)
    ]
    times = align_decimals([row[-1].text for row in rows])
    rows = [[*row[:-1], Cell(time)] for row, time in zip(rows, times, strict=True)]
    yield from table_lines([Column("Map"), *_FIGURES], rows, width)


def _rows(
    clients: Sequence[str], servers: Sequence[str], branches: Sequence[Row]
) -> Iterator[tuple[str, str, str, Row]]:
    """Yield the rows of a bus: a client, lines, a server, and the figures of it."""
    glyphs = _glyphs(len(clients), len(servers))
    for client, glyph, server, cells in zip_longest(clients, glyphs, servers, branches):
        yield client or "", glyph, server or "", cells or [Cell("")] * len(_FIGURES)


def _branches(clients: Sequence[str], asked: dict[str, list[Service]]) -> list[Service]:
    of_server: dict[str, list[Service]] = {}
    for client in clients:
        for each in asked[client]:
            of_server.setdefault(each.pair.server, []).append(each)
    branches = [together(each) for each in of_server.values()]
    return branches if len(clients) == 1 else worst_first(branches)


def _natural(name: str) -> list[tuple[int, str]]:
    """Return what names are sorted by, so that .9 comes before .10."""
    return [
        (int(part), "") if part.isdecimal() else (0, part)
        for part in _DIGITS.split(name)
    ]


def _without(bus: Bus, host: str) -> tuple[list[str], list[str]]:
    """Return the names of those on a bus, without the host that all have."""
    servers = [each.pair.server for each in bus.branches]
    clients, servers = (
        [safe(without_host(name, host)) for name in names]
        for names in (bus.clients, servers)
    )
    return clients, servers


def _glyphs(clients: int, servers: int) -> list[str]:
    """Return what is drawn between the names in each row of a bus."""
    rows = max(clients, servers)
    if rows == 1:
        return [_ALONE]
    return [_glyph(row, rows, clients, servers) for row in range(rows)]


def _glyph(row: int, rows: int, clients: int, servers: int) -> str:
    asks, asked = row < clients, row < servers
    crossing = {
        (True, True): "┼",
        (True, False): "┤",
        (False, True): "├",
    }[asks, asked]
    if not row:
        crossing = {"┼": "┬", "┤": "┐", "├": "┌"}[crossing]
    elif row == rows - 1:
        crossing = {"┼": "┴", "┤": "┘", "├": "└"}[crossing]
    return f" {'─' if asks else ' '}{crossing}{'──►' if asked else '   '} "


def _figures(branches: Sequence[Service]) -> list[Row]:
    """Return the cells of the labels at branches."""
    return [_figures_of(branch) for branch in branches]


def _figures_of(branch: Service) -> Row:
    calls, trouble = branch.calls, branch.trouble
    longest = milliseconds(calls.latencies.maximum) if calls.latencies.count else ""
    return [
        Cell(_asked(branch), "route"),
        Cell(f"{calls.count:,}" if calls.count else CANNOT_BE),
        Cell(f"{trouble:,}" if calls.count else "", "error" if trouble else "muted"),
        Cell(longest),
    ]


def _asked(branch: Service) -> str:
    """Return what is asked most, and how much more there is."""
    routes = branch.routes.most_common()
    if not routes:
        return ""
    more = f" +{len(routes) - 1:,}" if len(routes) > 1 else ""
    return safe(short(routes[0][0])) + more
