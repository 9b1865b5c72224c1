"""Who asks whom, and how that goes: the pairs of a client and a server, worst first.

A pair is worse than another if more of its calls are slow for their pattern, then if
more of them failed or had no reply, then if its longest took longer.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from inspector.calls.exchanges import Kind
from inspector.calls.serving import group_in
from inspector.carriers.registry import carriers
from protocol.named_tuple import NamedTuple

from .health import calls_from, limits_of
from .rows import PatternRow
from .traffic import MAX_PAIRS, MAX_ROWS, Pair, Traffic, place_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from inspector.calls.exchanges import Exchange
    from inspector.calls.plain import PlainExchange
    from inspector.streams.connections import Connection
    from inspector.streams.names import Names

    from .report import Report
    from .traffic import Pattern, Table

_SEVERAL = 2


class Service(NamedTuple):
    """What a client asks of a server.

    Attributes:
        pair: Who they are.
        calls: What happened to the messages.
        slow: How many of them are slow for their pattern.
        events: How many events there were besides.
        routes: Route → exchanges.
    """

    pair: Pair
    calls: PatternRow
    slow: int
    events: int
    routes: Counter[str]

    @property
    def trouble(self) -> int:
        """Calls that failed, were refused, or had no reply."""
        return self.calls.errors + self.calls.unanswered


class ByPort:
    """Exchanges between endpoints: tells clients apart that share a host.

    What it keeps is bounded as :class:`Traffic` is; and nothing once several hosts
    speak, which are told apart without it.

    Attributes:
        traffic: What happened between them.
        several: Whether several hosts speak.
    """

    def __init__(self, max_rows: int = MAX_ROWS, max_pairs: int = MAX_PAIRS) -> None:
        self.traffic = Traffic(max_rows, max_pairs, self._meet)
        self.several = False
        self._hosts: set[str] = set()

    def add(self, exchange: Exchange) -> None:
        """Take in an exchange that has ended; one without a route is of no pattern."""
        if self.several or exchange.route is None:
            return
        key = place_in(exchange)
        row = self.traffic.known.get(key) or self.traffic.row_of(exchange, key)
        row.add(exchange)

    def add_plain(self, plain: PlainExchange) -> None:
        """Take in one that is an exchange only for whoever looks at it."""
        if self.several:
            return
        call, ledger = plain.call, plain.call.ledger
        place = call.connection.number, ledger.route or "", ledger.kind
        row = self.traffic.known.get(place)
        if row is None:
            self.add(plain.exchange())
        else:
            row.count_plain(call.size + plain.size, plain.latency_ns)

    def _meet(self, connection: Connection) -> Pair:
        """Return the pair of a connection that is new, and learn its hosts."""
        client, server = connection.client_endpoint, connection.server_endpoint
        self._hosts |= {client.address, server.address}
        if len(self._hosts) > 1:
            self.several, self.traffic = True, Traffic()
        return Pair(connection.carrier, str(client), str(server))


def services(report: Report, by_port: ByPort | None = None) -> list[Service]:
    """Return who asks whom, the worst first.

    Args:
        report: What it is about.
        by_port: The same exchanges between endpoints: clients stand with their ports
            where all that speak are on one host, which tells nobody apart.
    """
    traffic = report.traffic
    if by_port is not None and _tells_apart(by_port, traffic):
        traffic = by_port.traffic
    slow_from = limits_of(report).slow_from
    limits = {key: slow_from(row) for key, row in report.patterns.items()}
    found = [_service(pair, rows, limits) for pair, rows in traffic.tables.items()]
    return worst_first(found)


def worst_first(found: Iterable[Service]) -> list[Service]:
    """Return services in the order in which a person should look at them."""
    return sorted(found, key=_urgency)


def one_host(pairs: Iterable[Pair]) -> str | None:
    """Return the host of all that speak, if it is one; a group of a broker has none."""
    ends = {end for pair in pairs for end in (pair.client, pair.serves)}
    hosts = {_host(end) for end in ends if not group_in(end)}
    return hosts.pop() if len(hosts) == 1 else None


def folded(found: Sequence[Service], most: int) -> list[Service]:
    """Return services among at most ``most`` that speak, worst first.

    Clients become one before any server does; then the servers become one that have the
    least trouble and the fewest calls, and stand last. Sums stay what they are.
    """
    clients, servers = _ends(found)
    if len(clients) + len(servers) <= most:
        return list(found)
    if len(clients) >= _SEVERAL:
        name = f"{len(clients):,} clients"
        found = _renamed(found, dict.fromkeys(clients, name), {})
    if len(servers) + 1 <= most:
        return worst_first(found)
    rest = _least(found, servers)[: len(servers) + 2 - most]
    name = f"{len(rest):,} others"
    found = worst_first(_renamed(found, {}, dict.fromkeys(rest, name)))
    return sorted(found, key=lambda each: each.pair.server == name)


def _tells_apart(by_port: ByPort, traffic: Traffic) -> bool:
    """Whether who speaks is told apart by ports alone."""
    return not by_port.several and one_host(traffic.tables) is not None


def _service(pair: Pair, rows: Table, limits: dict[Pattern, int | None]) -> Service:
    calls = {route: row for (route, kind), row in rows.items() if kind is Kind.MESSAGE}
    slow = sum(
        calls_from(row, limits.get((pair.carrier, route, Kind.MESSAGE)))
        for route, row in calls.items()
    )
    routes: Counter[str] = Counter()
    for (route, _), row in rows.items():
        routes[route] += row.count
    events = sum(row.count for (_, kind), row in rows.items() if kind is Kind.EVENT)
    unserved = pair.service if pair.service == pair.server else ""
    pair = Pair(pair.carrier, pair.client, pair.serves, unserved)
    return Service(pair, PatternRow.sum(list(calls.values())), slow, events, routes)


def _urgency(service: Service) -> tuple[int, int, int, int]:
    calls = service.calls
    return -service.slow, -service.trouble, -calls.latencies.maximum, -calls.count


def _host(end: str) -> str:
    """Return the host of an endpoint, or a host as it is."""
    host, colon, port = end.rpartition(":")
    return host if colon and port.isdecimal() else end


def _ends(found: Iterable[Service]) -> tuple[list[str], list[str]]:
    """Return who asks and who is asked, in order of appearance."""
    pairs = [each.pair for each in found]
    clients = dict.fromkeys(pair.client for pair in pairs)
    return list(clients), list(dict.fromkeys(pair.server for pair in pairs))


def _least(found: Iterable[Service], servers: Iterable[str]) -> list[str]:
    """Return the servers, those first that a map can do without."""
    weights = {server: [0, 0, 0] for server in servers}
    for each in found:
        weight = weights[each.pair.server]
        for index, more in enumerate((each.slow, each.trouble, each.calls.count)):
            weight[index] += more
    return sorted(weights, key=weights.__getitem__)


def _renamed(
    found: Iterable[Service], clients: dict[str, str], servers: dict[str, str]
) -> list[Service]:
    """Return services under other names, those of one pair together."""
    of_pair: dict[Pair, list[Service]] = {}
    for each in found:
        carrier, client, server, _ = each.pair
        pair = Pair(carrier, clients.get(client, client), servers.get(server, server))
        of_pair.setdefault(pair, []).append(each)
    return [together(parts)._replace(pair=pair) for pair, parts in of_pair.items()]


def named(found: Iterable[Service], names: Names) -> list[Service]:
    """Return services by what people call who asks and who is asked.

    Where nobody is known who serves, it is said behind which broker they would be.
    """
    unserved = {each.pair.service for each in found} - {""}
    return [
        each._replace(
            pair=Pair(
                each.pair.carrier,
                names.client(each.pair.client),
                _behind(each.pair, names, several=len(unserved) > 1)
                if each.pair.service
                else names.server(each.pair.server),
            )
        )
        for each in found
    ]


def _behind(pair: Pair, names: Names, *, several: bool) -> str:
    name = names.server(pair.server)
    broker = carriers()[pair.carrier].title
    if several or name != pair.server:
        broker = f"{broker} {name}" if name == pair.server else name
    return f"behind {broker}"


def together(parts: Sequence[Service]) -> Service:
    """Return the sum of some services, under the pair of the first of them."""
    routes: Counter[str] = Counter()
    for each in parts:
        routes.update(each.routes)
    return Service(
        parts[0].pair,
        PatternRow.sum([each.calls for each in parts]),
        sum(each.slow for each in parts),
        sum(each.events for each in parts),
        routes,
    )
