"""Exchanges on disk, to be listed, sorted and searched: a million in little memory.

They are in a database of SQLite that has no name: it is removed by the system however
the program ends. What is listed is an array of numbers, four bytes for each; a row is
read when it is looked at.
"""

from __future__ import annotations

import sqlite3
from array import array
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from itertools import compress
from threading import RLock
from typing import TYPE_CHECKING, Any

from inspector.shorthand import short
from inspector.streams.names import NO_NAMES

from .connections import pack_connection, unpack_connection
from .ordering import ASCENDING, LARGEST_NUMBER, NO_ROUTE, SORTED_BYTES, Keys
from .packing import Packed, unpack
from .schema import (
    INSERT_BODY,
    INSERT_ROW,
    TABLES,
    body_of,
    columns_of,
    is_failed,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from inspector.calls.exchanges import Exchange
    from inspector.streams.connections import Connection
    from inspector.streams.names import Names

    from .schema import Row

SORTED_BY = {
    "number": "number",
    "time": "number",
    "pattern": "route",
    "data": "data",
    "reply": "reply",
    "latency": "latency",
    "packets": "packets",
    "bytes": "request_bytes + reply_bytes",
}
"""What rows can be sorted by → its expression."""
BY_ARRIVAL = {"number", "time"}
"""Those by which they come: exchanges are numbered in the order of their requests."""
ORDERED_BY = {
    "pattern": "(SELECT name FROM routes WHERE id = rows.route)",
    "data": f"substr(CAST(data AS BLOB), 1, {SORTED_BYTES})",
    "reply": f"substr(CAST(reply AS BLOB), 1, {SORTED_BYTES})",
}
"""… to sort by in SQL, where that is another."""
CHUNK = 1 << 16
"""Numbers of exchanges that are read in one step …"""
TEXT_CHUNK = 1 << 14
"""… and of whose payloads are searched."""
_BATCH = 512  # rows that are written together
_PAGES = "PRAGMA cache_size = -24576"  # in KiB
_KNOWN = 4_096  # connections, and routes, that are kept in memory
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
        self._names, self._most = names, most
        self._lock = RLock()
        # A database without a name is a file that nobody else can open.
        self._database = sqlite3.connect("", check_same_thread=False)
        self._database.executescript(f"{_PAGES}; PRAGMA journal_mode = OFF; {TABLES}")
        self._rows: list[Row] = []
        self._bodies: list[Row] = []
        self._routes: dict[str, int] = {}
        # What is known of a connection that was kept.
        self._packed: dict[int, tuple[object, ...]] = {}
        self._made: OrderedDict[int, Connection] = OrderedDict()
        self._marks = bytearray(1)
        self._arrived: array[int] = array("I")  # the numbers of all, sorted
        self._orders: dict[str, tuple[int, array[int]]] = {}

    def add(self, exchange: Exchange) -> None:
        """Keep an exchange; one that is kept already is replaced."""
        with self._lock:
            packed = body_of(exchange)
            route = self._route(exchange.route)
            self._rows.append(columns_of(exchange, route, packed))
            self._bodies.append((exchange.number, *packed))
            self.escaped = self.escaped or b"\\" in packed.text
            self._keep_connections(exchange)
            if is_failed(exchange):
                self.mark(exchange.number, FAILED)
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
            self._database.executemany(INSERT_BODY, self._bodies)
            self._arrive([int(str(row[0])) for row in self._rows])
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
        expression = ORDERED_BY.get(key, SORTED_BY[key])
        way = "" if key in ASCENDING else " DESC"
        query = f"SELECT number FROM rows ORDER BY {expression}{way} NULLS LAST, number"
        return array("I", (each for (each,) in self._all(f"{query} LIMIT {count}")))

    def _names_of_routes(self, key: str) -> dict[int, int]:
        """Return the place of each route among all, if rows are sorted by these.

        Routes of one name have one place.
        """
        if key != "pattern":
            return {}
        query = "SELECT id, DENSE_RANK() OVER (ORDER BY name) FROM routes"
        return dict(self._all(query))

    def exchange(self, number: int) -> Exchange | None:
        """Return an exchange; None where it is not kept."""
        return next(self.exchanges([number]), None)

    def exchanges(self, numbers: Sequence[int]) -> Iterator[Exchange]:
        """Yield exchanges in the order of their numbers as they are given."""
        with self._lock:
            listed = ", ".join(map(str, numbers))
            query = f"SELECT * FROM bodies WHERE number IN ({listed})"
            kept = {row[0]: row[1:] for row in self._database.execute(query)}
        for number in numbers:
            if number in kept:
                yield unpack(Packed(*kept[number]), self.connection)

    def matching(self, condition: str, first: int, count: int = CHUNK) -> list[int]:
        """Return the numbers for which a condition of SQL holds, of one chunk.

        Args:
            condition: Its tables are ``rows r`` and ``bodies b``.
            first: Where the chunk begins …
            count: … and how many numbers it has.
        """
        joined = "JOIN bodies b ON b.number = r.number" if "b." in condition else ""
        query = (
            f"SELECT r.number FROM rows r {joined} "
            f"WHERE r.number BETWEEN {first} AND {first + count - 1} AND ({condition})"
        )
        with self._lock:
            return [number for (number,) in self._database.execute(query)]

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
            made = self._made.get(number)
            if made is not None:
                return made
            query = f"SELECT packed FROM connections WHERE number = {number}"
            (packed,) = self._database.execute(query).fetchone()
            made, twin = unpack_connection(packed, self._names)
            self._made[number] = made
            if twin is not None:
                made.twin = self.connection(twin)
            if len(self._made) > _KNOWN:
                self._made.popitem(last=False)
            return made

    def _all(self, query: str) -> list[Any]:
        with self._lock:
            return self._database.execute(query).fetchall()

    def _route(self, route: str | None) -> int:
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
            self._keep(connection)
            if connection.twin is not None:
                self._keep(connection.twin)

    def _keep(self, connection: Connection) -> None:
        # Which side asks, and whose twin it is, may be learnt later.
        state = (connection.client, connection.twin, connection.process)
        if self._packed.get(connection.number) == state:
            return
        if len(self._packed) >= _KNOWN:
            self._packed.clear()
        self._packed[connection.number] = state
        self._made.pop(connection.number, None)
        self._database.execute(
            "INSERT OR REPLACE INTO connections VALUES (?, ?, ?, ?)",
            (
                connection.number,
                connection.client_text,
                connection.server_text,
                pack_connection(connection),
            ),
        )

    def _arrive(self, numbers: list[int]) -> None:
        """Put numbers among those that are known, nearly always after them."""
        numbers.sort()
        arrived, self.highest = self._arrived, max(self.highest, numbers[-1])
        place = bisect_left(arrived, numbers[0])
        if place < len(arrived):
            numbers = sorted({*arrived[place:], *numbers})
            del arrived[place:]
        arrived.extend(numbers)

    def _forget(self) -> None:
        if self._most is None or self.highest <= self._most:
            return
        oldest = self.highest - self._most
        for table in ("rows", "bodies"):
            self._database.execute(f"DELETE FROM {table} WHERE number <= {oldest}")
        del self._arrived[: bisect_right(self._arrived, oldest)]


def selected(order: array[int], flags: bytearray) -> array[int]:
    """Return the numbers of an order that are flagged."""
    return array("I", compress(order, map(flags.__getitem__, order)))
