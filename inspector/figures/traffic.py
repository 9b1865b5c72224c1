"""Who asks whom for what, and how that goes.

There is one row for a route between a client and a server, and every exchange is
counted once. Patterns, services and servers are sums of rows, made when asked for.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeAlias

from inspector.calls.exchanges import Kind
from inspector.calls.participants import participants
from inspector.calls.serving import service_of
from protocol.named_tuple import NamedTuple

from .roles import Roles
from .rows import PatternRow
from .silence import Silence
from .stretches import Stretch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from inspector.calls.exchanges import Exchange
    from inspector.streams.connections import Connection

MAX_ROWS = 10_000
"""Rows, after which one row of each pair and kind is for all other routes."""
MAX_PAIRS = 1_000
"""Pairs of a client and a server; all others are one pair of each carrier."""
OTHER_PATTERNS = "(other patterns)"
OTHERS = "(others)"
_REMEMBERED = 20_000  # routes of connections whose rows need not be looked for

Table: TypeAlias = "dict[tuple[str, Kind], PatternRow]"
Place: TypeAlias = "tuple[int, str, Kind]"
"""Number of a connection, route and over a broker what serves that, kind."""
Pattern: TypeAlias = "tuple[str, str, Kind]"
"""Carrier, route, kind."""


class Pair(NamedTuple):
    """A client, and a server that it asks.

    Attributes:
        carrier: What carries what they say.
        client: What the client is known by on all its connections …
        server: … and the server.
        service: Over a broker, whom that has it served by; see
            :mod:`inspector.calls.serving`. Empty where it is the server itself.
    """

    carrier: str
    client: str
    server: str
    service: str = ""

    @property
    def serves(self) -> str:
        """What answers, by what it is known by."""
        return self.service or self.server


def pair_of(connection: Connection) -> Pair:
    """Return the pair of a connection, each side as it is known on all others."""
    client, server = participants(connection)
    return Pair(connection.carrier, client.key, server.key)


def place_in(exchange: Exchange) -> Place:
    """Return the place of an exchange with a route: what has one row."""
    number, route = exchange.connection.number, exchange.route or ""
    if exchange.passage is None:
        return number, route, exchange.kind
    return number, f"{route}\0{service_of(exchange)}", exchange.kind


# decision 85
class Traffic:
    """What happened between clients and servers, by route and kind.

    Args:
        max_rows: Rows, after which routes share one.
        max_pairs: Pairs, after which all others share one.
        pair_of: Tells whose pair a connection is of.

    Attributes:
        tables: Pair → route and kind → what happened, in order of appearance.
        stretches: Carrier, server, route and kind → how such calls go on there.
        silences: Carrier and server → what it has not answered.
        roles: Carrier with brokers → who asks over it, and who answers.
        known: Rows that need not be looked for, by connection, route and kind.
    """

    def __init__(
        self,
        max_rows: int = MAX_ROWS,
        max_pairs: int = MAX_PAIRS,
        pair_of: Callable[[Connection], Pair] = pair_of,
    ) -> None:
        self.tables: dict[Pair, Table] = {}
        self._pair_of = pair_of
        self.silences: dict[tuple[str, str], Silence] = {}
        self.stretches: dict[tuple[str, str, str, Kind], Stretch] = {}
        self.roles: defaultdict[str, Roles] = defaultdict(Roles)
        self._max_rows = max_rows
        self._max_pairs = max_pairs
        self._rows = 0
        self.known: dict[Place, PatternRow] = {}

    def row_of(self, exchange: Exchange, key: Place) -> PatternRow:
        """Return the row for a route of a connection, and remember it.

        Args:
            exchange: It has that route.
            key: Its place, as :func:`place_in` has it.
        """
        pair = self._pair_of(exchange.connection)
        if exchange.passage is not None:
            asks = exchange.client_text  # the broker, if only a handler is known
            pair = pair._replace(client=asks, service=service_of(exchange))
        pair, table = self._table(pair)
        own = exchange.route or "", exchange.kind
        if len(self.known) >= _REMEMBERED:
            self.known.clear()
        row = self.known[key] = table.get(own) or self._row(pair, table, own)
        return row

    def merge(self, other: Traffic, shift: int = 0) -> None:
        """Take in another part of the capture, its numbers raised by ``shift``."""
        for pair, rows in other.tables.items():
            pair, table = self._table(pair)  # noqa: PLW2901 — it may be that of others
            for key, row in rows.items():
                (table.get(key) or self._row(pair, table, key)).merge(row, shift)
        for carrier, roles in other.roles.items():
            self.roles[carrier].merge(roles)

    @property
    def patterns(self) -> dict[Pattern, PatternRow]:
        """What happened by carrier, route and kind."""
        apart: dict[Pattern, list[PatternRow]] = {}
        for pair, (route, kind), row in self._all():
            apart.setdefault((pair.carrier, route, kind), []).append(row)
        return {key: PatternRow.sum(rows) for key, rows in apart.items()}

    @property
    def pairs(self) -> dict[Pair, PatternRow]:
        """The messages of each client to each server."""
        apart: dict[Pair, list[PatternRow]] = {}
        for pair, (_, kind), row in self._all():
            if kind is Kind.MESSAGE:
                apart.setdefault(pair, []).append(row)
        return {pair: PatternRow.sum(rows) for pair, rows in apart.items()}

    @property
    def servers(self) -> dict[tuple[str, str], dict[str, PatternRow]]:
        """The messages by carrier and route, and then by the server that was asked."""
        apart: dict[tuple[str, str], dict[str, list[PatternRow]]] = {}
        for pair, (route, kind), row in self._all():
            if kind is Kind.MESSAGE:
                of_route = apart.setdefault((pair.carrier, route), {})
                of_route.setdefault(pair.serves, []).append(row)
        return {
            key: {server: PatternRow.sum(rows) for server, rows in servers.items()}
            for key, servers in apart.items()
        }

    def _all(self) -> Iterator[tuple[Pair, tuple[str, Kind], PatternRow]]:
        for pair, table in self.tables.items():
            for key, row in table.items():
                yield pair, key, row

    def _table(self, pair: Pair) -> tuple[Pair, Table]:
        if pair not in self.tables and len(self.tables) >= self._max_pairs:
            pair = Pair(pair.carrier, OTHERS, OTHERS)
        return pair, self.tables.setdefault(pair, {})

    def _row(self, pair: Pair, table: Table, key: tuple[str, Kind]) -> PatternRow:
        """Return a new row; beyond many, one that routes share."""
        if self._rows >= self._max_rows:
            key = OTHER_PATTERNS, key[1]
            if key in table:
                return table[key]
        self._rows += 1
        row = table[key] = PatternRow(self._stretch(pair, key), self._silence(pair))
        return row

    def _silence(self, pair: Pair) -> Silence:
        """Return what a server has not answered, whoever asks, and for what."""
        place = pair.carrier, pair.serves
        if place not in self.silences:
            self.silences[place] = Silence(pair.serves)
        return self.silences[place]

    def _stretch(self, pair: Pair, key: tuple[str, Kind]) -> Stretch:
        """Return how the calls of a route go on a server, whoever asks."""
        place = pair.carrier, pair.serves, *key
        if place not in self.stretches:
            self.stretches[place] = Stretch(pair.serves)
        return self.stretches[place]
