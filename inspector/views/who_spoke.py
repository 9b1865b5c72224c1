"""Who spoke, in a line for each carrier, as the report begins.

::

    3 Nest connections   2 clients → 10.0.0.2:8888
    3 NATS connections at 10.0.0.9:4222   1 asks, 2 answer in group workers
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.participants import group_word
from inspector.words import listing, nouns, plural, verb

from .connection_ends import pair_text
from .rendering import safe
from .text import Text
from .wire_table import carrier_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.figures.report import Report
    from inspector.figures.roles import Roles
    from inspector.figures.totals import Ends
    from inspector.streams.names import Names

_MAX_SERVERS = 4
_MAX_GROUPS = 3


def connection_lines(report: Report) -> Iterator[Text]:
    """Yield who spoke: a line for each carrier, which TCP alone need not name."""
    for index, (carrier, ends) in enumerate(report.ends.items()):
        title = carrier_name(report, carrier) or "Nest "
        count = plural(ends.connections, f"{title}connection")
        others = "" if index else _others(report)
        roles = report.traffic.roles.get(carrier)
        if roles is None:
            who = _endpoints(ends, report.names)
        else:
            who = _roles_text(roles, carrier)
        at = listing(*_servers(ends, report.names))
        where = "" if roles is None else f" at {at}"
        yield Text(f"{count}{where}   {who}{others}", "muted")


def _endpoints(ends: Ends, names: Names) -> str:
    if ends.connections == 1 and ends.endpoints is not None:
        return pair_text(*ends.endpoints, names)
    clients = list(ends.clients)
    client = (
        names.client(clients[0]) if len(clients) == 1 else f"{len(clients):,} clients"
    )
    near = clients[0] if len(clients) == 1 else ""
    shown, more = _servers(ends, names, near)
    return " ".join([f"{client} →", *shown, *([f"and {more}"] if more else [])])


def _servers(ends: Ends, names: Names, near: str = "") -> tuple[list[str], str]:
    """Return the first servers, and how many more there are: ``3 more``.

    Args:
        ends: Who spoke.
        names: What people call them.
        near: The host that need not be named.
    """
    servers = list(ends.servers)
    shown = [_relative(server, near, names) for server in servers[:_MAX_SERVERS]]
    more = len(servers) - len(shown)
    return shown, f"{more:,} more" if more else ""


def _relative(server: str, client: str, names: Names) -> str:
    """Return a server by its name, or without its host where that is the client's."""
    named = names.server(server)
    near = named == server and client and server.startswith(f"{client}:")
    return server.removeprefix(client) if near else named


def _others(report: Report) -> str:
    if not report.other_connections:
        return ""
    names = f" ({', '.join(report.foreign)})" if report.foreign else ""
    return f"   and {plural(report.other_connections, 'other')}{names}"


def _roles_text(roles: Roles, carrier: str) -> str:
    """Return how many ask and how many answer: ``1 asks, 2 answer in group a``."""
    asks, answers, groups = len(roles.asks), len(roles.answers), roles.groups
    parts = [f"{asks:,} {verb(asks, 'asks')}"] if asks else []
    if answers:
        more = len(groups) - _MAX_GROUPS
        names = listing(
            [safe(each) for each in groups[:_MAX_GROUPS]],
            f"{more:,} more" if more > 0 else "",
        )
        noun = nouns(len(groups), group_word(carrier).rpartition(" ")[2])
        where = f" in {noun} {names}" if groups else ""
        parts.append(f"{answers:,} {verb(answers, 'answers')}{where}")
    return ", ".join(parts)
