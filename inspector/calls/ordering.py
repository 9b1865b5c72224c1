"""Exchanges in the order of their requests, as far as memory allows."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING, TypeVar

from .exchanges import Exchange

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Other = TypeVar("Other")
MAX_WAITING = 10_000
"""Exchanges that may wait for one that began before them and has not ended."""


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
