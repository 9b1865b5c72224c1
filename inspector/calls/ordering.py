"""Exchanges in the order of their requests, as far as memory allows."""

from __future__ import annotations

from collections import deque
from heapq import heappop, heappush
from typing import TYPE_CHECKING, TypeVar

from .exchanges import Exchange, payload_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Other = TypeVar("Other")
MAX_WAITING = 10_000
"""Exchanges that may wait for one that began before them and has not ended …"""
MAX_BYTES = 1 << 25
"""… as long as they are no larger together, where they are handed over one by one."""


# decision 25
def in_order(
    items: Iterable[Exchange | Other], most: int = MAX_WAITING
) -> Iterator[Exchange | Other]:
    """Yield exchanges by number, and all else as it comes.

    When ``most`` exchanges wait for an earlier one, the first of them goes ahead.
    """
    waiting: list[tuple[int, Exchange]] = []
    following = 1
    for item in items:
        if not isinstance(item, Exchange):
            yield item
            continue
        if not waiting and item.number <= following:
            following += item.number == following
            yield item
            continue
        heappush(waiting, (item.number, item))
        while waiting and (waiting[0][0] <= following or len(waiting) > most):
            number, exchange = heappop(waiting)
            following = max(following, number + 1)
            yield exchange
    while waiting:
        yield heappop(waiting)[1]


class Order:
    """Put exchanges in order that are handed over one by one.

    Args:
        pending: The numbers of those that have begun already, and are to come …
        last: … up to this one; after it all are to come.
        most: How many may wait for an earlier one.

    Attributes:
        most: The same.
    """

    def __init__(
        self, pending: Iterable[int] = (), last: int = 0, most: int = MAX_WAITING
    ) -> None:
        self._pending = deque(sorted(pending))
        self._next = last + 1
        self.most = most
        self._waiting: list[tuple[int, Exchange | None]] = []
        self._bytes = 0

    def add(self, number: int, exchange: Exchange | None) -> Iterator[Exchange]:
        """Take in an exchange, or that nobody asks for it; yield those in order."""
        heappush(self._waiting, (number, exchange))
        self._bytes += _size(exchange)
        while self._waiting and (self._waiting[0][0] <= self._due or self._is_full):
            yield from self._release()

    def finish(self) -> Iterator[Exchange]:
        """Yield those that wait, whatever is missing before them."""
        while self._waiting:
            yield from self._release()

    @property
    def _is_full(self) -> bool:
        return len(self._waiting) > self.most or self._bytes > MAX_BYTES

    @property
    def _due(self) -> int:
        return self._pending[0] if self._pending else self._next

    def _release(self) -> Iterator[Exchange]:
        number, exchange = heappop(self._waiting)
        self._bytes -= _size(exchange)
        while self._pending and self._pending[0] <= number:
            self._pending.popleft()
        self._next = max(self._next, number + 1)
        if exchange is not None:
            yield exchange


def _size(exchange: Exchange | None) -> int:
    return 0 if exchange is None else payload_bytes(exchange)
