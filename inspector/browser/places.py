"""Which exchanges have a route or a connection that a word was found in.

It is kept in memory, since a word is looked for in the routes and addresses of all
exchanges while one types.
"""

from __future__ import annotations

from array import array
from collections import Counter
from itertools import compress, islice
from itertools import count as count_from
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence


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

    def first(self, groups: Sequence[Iterable[int]], most: int) -> list[int] | None:
        """Return the first numbers in the order of their routes.

        Args:
            groups: Numbers of routes that sort alike, in order; there is no 0 there.
            most: How many numbers.

        Returns:
            The numbers, in the order of the groups, then ascending; None if there are
            fewer than ``most`` with one of these routes.
        """
        counts = Counter(self._routes)
        place: dict[int, int] = {}
        total = last = 0
        for last, group in enumerate(groups):
            own = [route for route in group if counts[route]]
            place.update(dict.fromkeys(own, last))
            total += sum(counts[route] for route in own)
            if total >= most:
                break
        if total < most:
            return None
        final = {route for route, group in place.items() if group == last}
        early = [*self._having(place.keys() - final)]
        routes, begin = self._routes, 1 + self._gone
        early.sort(key=lambda number: (place[routes[number - begin]], number))
        return [*early, *islice(self._having(final), most - len(early))]

    def _having(self, routes: Container[int]) -> Iterator[int]:
        """Yield the numbers with one of some routes, ascending."""
        flags = map(routes.__contains__, self._routes)
        return compress(count_from(1 + self._gone), flags)
