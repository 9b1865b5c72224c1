"""Which exchanges have a route or a connection that a word was found in.

It is kept in memory, since a word is looked for in the routes and addresses of all
exchanges while one types.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container


class Places:
    """The route and the connection of each exchange, eight bytes for both."""

    def __init__(self) -> None:
        self._gone = 0  # numbers in front that were forgotten
        self._routes: array[int] = array("I")
        self._connections: array[int] = array("I")

    def put(self, number: int, route: int, connection: int) -> None:
        """Remember where an exchange was.

        Args:
            number: Its number, from 1.
            route: The number of its route; 0 for none.
            connection: The number of its connection, from 1.
        """
        place = number - 1 - self._gone
        if place < 0:
            return
        lacking = place + 1 - len(self._routes)
        if lacking > 0:
            self._routes.extend([0] * lacking)
            self._connections.extend([0] * lacking)
        self._routes[place], self._connections[place] = route, connection

    def forget(self, highest: int) -> None:
        """Forget all exchanges up to a number."""
        count = highest - self._gone
        if count > 0:
            del self._routes[:count], self._connections[:count]
            self._gone = highest

    def flags(
        self,
        first: int,
        count: int,
        routes: Container[int],
        connections: Container[int],
    ) -> bytearray:
        """Return for each number from one on whether it has one of some places.

        Args:
            first: The first number.
            count: How many numbers.
            routes: Numbers of routes; there is no 0 among them.
            connections: Numbers of connections; the same.
        """
        begin, end = first - 1 - self._gone, first - 1 - self._gone + count
        before = min(max(-begin, 0), count)
        begin, end = max(begin, 0), max(end, 0)
        by_route = bytes(map(routes.__contains__, self._routes[begin:end]))
        on = bytes(map(connections.__contains__, self._connections[begin:end]))
        either = int.from_bytes(by_route, "little") | int.from_bytes(on, "little")
        found = bytearray(before) + either.to_bytes(len(on), "little")
        return found + bytes(count - len(found))
