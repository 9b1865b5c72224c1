"""Exchanges on disk, to be listed, sorted and searched: a million in little memory.

They are in a database of SQLite that has no name: it is removed by the system however
the program ends. What is listed is an array of numbers, four bytes for each; a row is
read when it is looked at.
"""

from __future__ import annotations

import sqlite3
from array import array
from bisect import bisect_left, bisect_right
from itertools import compress
from threading import RLock
from typing import TYPE_CHECKING, Any

from inspector.shorthand import short
from inspector.streams.names import NO_NAMES

from .connections import KeptConnections
from .ordering import (
    BY_ARRIVAL,
    LARGEST_NUMBER,
    NO_ROUTE,
    SORTED_BY,
    Keys,
    order_clause,
)
from .packing import Packed, unpack
from .places import Places
from .schema import INSERT_ROW, TABLES, body_of, columns_of, is_failed
from .texts import Texts

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from inspector.calls.exchanges import Exchange
    from inspector.streams.connections import Connection
    from inspector.streams.names import Names

    from .schema import Row
    from .texts import Block

CHUNK = 1 << 16
"""Numbers of exchanges that are read in one step."""
_BATCH = 512  # rows that are written together
# Most pages have a block of payloads or two, and a search reads all of them.
_PAGES = "PRAGMA page_size = 65536; PRAGMA cache_size = -24576"  # in bytes, in KiB
_KNOWN = 4_096  # routes that are kept in memory
FAILED, NOTED = 1, 2
"""Bits of the marks of an exchange: it failed, something was found about it."""


# decision 175
class Store:
    """Exchanges, by their numbers.

    One thread may write while others read.

    Args:
        names: What people call addresses and ports.
        most: How many are kept, the latest; None for all.

    Attributes:
        highest: The highest number of them.
        count: How many there are.
        version: Counts up whenever some are added or removed.
        escaped: Whether any payload of them has escapes.
    """

    def __init__(self, names: Names = NO_NAMES, most: int | None = None) -> None:
        self.highest = self.count = self.version = 0
        self.escaped = False
        self._most = most
        self._lock = RLock()
        # A database without a name is a file that nobody else can open.
        self._database = sqlite3.connect("", check_same_thread=False)
        self._database.executescript(f"{_PAGES}; PRAGMA journal_mode = OFF; {TABLES}")
        self._rows: list[Row] = []
        self._bodies: dict[int, Packed] = {}  # by number
        self._texts, self._places = Texts(self._database), Places()
        self._routes: dict[str, int] = {}
        self._ends = KeptConnections(self._database, names)
        self._marks = bytearray(1)
        self._arrived: array[int] = array("I")  # the numbers of all, sorted
        self._orders: dict[str, tuple[int, array[int]]] = {}

    def add(self, exchange: Exchange) -> None:
        """Keep an exchange; one that is kept already is replaced."""
        with self._lock:
            packed = body_of(exchange)
            route = self.route(exchange.route)
            self._keep_connections(exchange)
            if is_failed(exchange):
                self.mark(exchange.number, FAILED)
            self._put(columns_of(exchange, route, packed), packed)

    def put(self, row: Row, packed: Packed, connection: Connection) -> None:
        """Keep an exchange that is a row already, and is on one connection."""
        with self._lock:
            self._ends.keep(connection)
            self._put(row, packed)

    def _put(self, row: Row, packed: Packed) -> None:
        self._rows.append(row)
        self._bodies[row[0]] = packed  # type: ignore[index]  # which is a number
        self.escaped = self.escaped or b"\\" in packed.text
        if len(self._rows) >= _BATCH:
            self.flush()

    def mark(self, number: int, bit: int) -> None:
        """Remember of an exchange that it failed, or that something was found."""
        with self._lock:
            lacking = number + 1 - len(self._marks)
            if lacking > 0:
                self._marks.extend(bytes(max(lacking, _BATCH)))
            self._marks[number] |= bit

    def marked(self, number: int, bit: int) -> bool:
        """Whether something is remembered of an exchange."""
        return number < len(self._marks) and bool(self._marks[number] & bit)

    def flush(self) -> None:
        """Write what was added; it can be listed from now on."""
        with self._lock:
            if not self._rows:
                return
            self._database.executemany(INSERT_ROW, self._rows)
            for row in self._rows:
                self._places.put(row[0], row[6], row[7])  # type: ignore[arg-type]
            again = self._arrive(sorted(self._bodies))
            if again:
                self._texts.replace(again)
            self._texts.add(self._bodies.items())
            self._rows.clear()
            self._bodies.clear()
            self._forget()
            self.count = len(self._arrived)
            self.version += 1

    def close(self) -> None:
        """Remove all of it."""
        with self._lock:
            self._database.close()

    def order(self, key: str) -> array[int]:
        """Return the numbers of all, sorted; the same array until some are added.

        Others can read meanwhile: it is made chunk by chunk.

        Args:
            key: One of :data:`SORTED_BY`.
        """
        version, known = self._orders.get(key, (-1, None))
        if known is not None and version == self.version:
            return known
        if key in BY_ARRIVAL:
            with self._lock:
                self._orders[key] = self.version, array("I", self._arrived)
            return self._orders[key][1]
        version, keys = self.version, Keys(key, self._names_of_routes(key))
        placed: list[int] = []
        for first in range(1, self.highest + 1, CHUNK):
            query = (
                f"SELECT number, {SORTED_BY[key]} FROM rows "
                f"WHERE number BETWEEN {first} AND {first + CHUNK - 1}"
            )
            placed += sorted(keys.placed(self._all(query)))
        placed.sort()  # of runs that are sorted, which is soon done
        made = array("I", (each & LARGEST_NUMBER for each in placed))
        self._orders[key] = version, made
        return made

    def is_sorted(self, key: str) -> bool:
        """Whether the order by a key is known."""
        return key in BY_ARRIVAL or self._orders.get(key, (-1,))[0] == self.version

    def first(self, key: str, count: int) -> array[int]:
        """Return the first numbers of an order, without all of it."""
        if key == "pattern":
            groups = self._routes_in_order()
            with self._lock:
                found = self._places.first(groups, count)
            if found is not None:
                return array("I", found)
        query = f"SELECT number FROM rows {order_clause(key)} LIMIT {count}"
        return array("I", (each for (each,) in self._all(query)))

    def in_order(self, key: str, numbers: Sequence[int]) -> array[int]:
        """Return those of some numbers that are kept, sorted, without all of it."""
        listed = ", ".join(map(str, numbers))
        query = (
            f"SELECT number FROM rows WHERE number IN ({listed}) {order_clause(key)}"
        )
        return array("I", (each for (each,) in self._all(query)))

    def _names_of_routes(self, key: str) -> dict[int, int]:
        """Return the place of each route among all, if rows are sorted by these.

        Routes of one name have one place.
        """
        if key != "pattern":
            return {}
        query = "SELECT id, DENSE_RANK() OVER (ORDER BY name) FROM routes"
        return dict(self._all(query))

    def _routes_in_order(self) -> list[set[int]]:
        """Return the numbers of the routes of each name, in the order of the names."""
        groups: dict[int, set[int]] = {}
        for route, place in self._names_of_routes("pattern").items():
            groups.setdefault(place, set()).add(route)
        return [groups[place] for place in sorted(groups)]

    def exchange(self, number: int) -> Exchange | None:
        """Return an exchange; None where it is not kept."""
        return next(self.exchanges([number]), None)

    def exchanges(self, numbers: Sequence[int]) -> Iterator[Exchange]:
        """Yield exchanges in the order of their numbers as they are given."""
        with self._lock:
            kept = {row[0]: row[1:] for row in self._texts.read(numbers)}
        for number in numbers:
            if number in kept:
                yield unpack(Packed(*kept[number]), self.connection)

    def matching(self, condition: str, first: int, count: int = CHUNK) -> list[int]:
        """Return the numbers for which a condition of SQL holds, of one chunk.

        Args:
            condition: Its table is ``rows r``.
            first: Where the chunk begins …
            count: … and how many numbers it has.
        """
        query = (
            "SELECT number FROM rows r "
            f"WHERE number BETWEEN {first} AND {first + count - 1} AND ({condition})"
        )
        with self._lock:
            return [number for (number,) in self._database.execute(query)]

    def places(
        self,
        first: int,
        count: int,
        routes: Container[int],
        connections: Container[int],
    ) -> bytearray:
        """Return for each number of a chunk whether it has one of some places.

        Args:
            first: Where the chunk begins …
            count: … and how many numbers it has.
            routes: Numbers of routes.
            connections: Numbers of connections.
        """
        with self._lock:
            return self._places.flags(first, count, routes, connections)

    def blocks(self) -> list[Block]:
        """Return the blocks that payloads are in, by the lowest number in each."""
        with self._lock:
            return sorted(self._texts.blocks, key=lambda each: each.lowest)

    def having(self, words: Sequence[bytes], block: Block) -> list[int]:
        """Return the numbers of a block whose payloads have all of some words."""
        with self._lock:
            return self._texts.having(words, block)

    def routes(self) -> list[tuple[int, str]]:
        """Return all routes with their numbers."""
        return self._all("SELECT id, route FROM routes")

    def ends(self, most: int) -> list[tuple[int, str, str]]:
        """Return connections by number, client and server; one more than ``most``."""
        return self._all(
            f"SELECT number, client, server FROM connections LIMIT {most + 1}"
        )

    def used(self, most: int) -> list[tuple[int, int, int, int, int, int]]:
        """Return connections in use: number, exchanges, failed, begin, end, longest.

        Args:
            most: How many at most, those with most exchanges.
        """
        self.flush()
        return self._all(
            "SELECT connection, COUNT(*), SUM(failed), MIN(time_ns), MAX(time_ns), "
            "MAX(latency) FROM rows GROUP BY connection "
            f"ORDER BY 2 DESC, 1 LIMIT {most}"
        )

    def around(self, number: int, count: int) -> list[int]:
        """Return an exchange with those before and after it on its connection.

        Args:
            number: Of the exchange.
            count: How many before, and how many after.
        """
        own = f"(SELECT connection FROM rows WHERE number = {number})"
        near = "SELECT number FROM rows WHERE connection ="
        before = self._all(
            f"{near} {own} AND number < {number} ORDER BY number DESC LIMIT {count}"
        )
        after = self._all(
            f"{near} {own} AND number >= {number} ORDER BY number LIMIT {count + 1}"
        )
        return sorted(each for (each,) in [*before, *after])

    def on_connection(self, number: int, count: int) -> list[int]:
        """Return the first exchanges of a connection."""
        found = self._all(
            f"SELECT number FROM rows WHERE connection = {number} "
            f"ORDER BY number LIMIT {count}"
        )
        return [each for (each,) in found]

    def connection(self, number: int) -> Connection:
        """Return a connection that some exchange is on."""
        with self._lock:
            return self._ends.connection(number)

    def _all(self, query: str) -> list[Any]:
        with self._lock:
            return self._database.execute(query).fetchall()

    def route(self, route: str | None) -> int:
        """Return the number of a route; it is remembered."""
        if route is None:
            return NO_ROUTE
        known = self._routes.get(route)
        if known is not None:
            return known
        sent = route.encode("utf-8", "replace").decode()
        insert = "INSERT OR IGNORE INTO routes (route, name) VALUES (?, ?)"
        self._database.execute(insert, (sent, short(sent)))
        query = "SELECT id FROM routes WHERE route = ?"
        (number,) = self._database.execute(query, (sent,)).fetchone()
        if len(self._routes) >= _KNOWN:
            self._routes.clear()
        self._routes[route] = number
        return int(number)

    def _keep_connections(self, exchange: Exchange) -> None:
        passage = exchange.passage
        known = [exchange.connection]
        if passage is not None:
            known += [each.direction.connection for each in passage.hops]
            known += [each.direction.connection for each in passage.errands]
        for connection in known:
            self._ends.keep(connection)

    def _arrive(self, numbers: list[int]) -> list[int]:
        """Put numbers, sorted, among those that are known, nearly always after them.

        Returns:
            Those that were known before.
        """
        arrived, again = self._arrived, list[int]()
        newest = self.highest
        for number in numbers:
            if number > newest:
                arrived.append(number)
                continue
            place = bisect_left(arrived, number)
            if place < len(arrived) and arrived[place] == number:
                again.append(number)
            else:
                arrived.insert(place, number)
        self.highest = max(newest, numbers[-1])
        return again

    def _forget(self) -> None:
        if self._most is None or self.highest <= self._most:
            return
        oldest = self.highest - self._most
        self._database.execute(f"DELETE FROM rows WHERE number <= {oldest}")
        self._texts.forget(oldest)
        self._places.forget(oldest)
        del self._arrived[: bisect_right(self._arrived, oldest)]


def selected(order: array[int], flags: bytearray) -> array[int]:
    """Return the numbers of an order that are flagged."""
    return array("I", compress(order, map(flags.__getitem__, order)))
