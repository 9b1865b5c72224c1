"""The exchanges that a page has: those in trouble, the slowest, then the newest.

::

    exchange ─┬─► failed ──┐
              ├─► slowest ─┼─► newest, with payloads ─► newest, without ─► forgotten
              └────────────┘

What has no more room in one store goes on to the next, so that each exchange is in one
of them. All are bounded, by the number of exchanges and by what payloads take.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

from inspector.figures.timeline import failed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .page_limits import PageLimits
    from .trimming import Kept

_SLOWEST = 1_000
MOST_BYTES = 1 << 25
"""Bytes of payloads in one store."""


class Store:
    """Some exchanges; of too many those with the least keys have to go.

    Args:
        most: How many there is room for.
        most_bytes: … and for how many bytes of payloads.
    """

    def __init__(self, most: int, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._most_bytes = most, most_bytes
        self._bytes = 0
        self._heap: list[tuple[int, int, Kept]] = []

    def __iter__(self) -> Iterator[Kept]:
        return (each for _, _, each in self._heap)

    def add(self, key: int, kept: Kept) -> Iterator[Kept]:
        """Take in an exchange; yield those for which there is no more room."""
        heappush(self._heap, (key, kept.number, kept))
        self._bytes += kept.bytes
        while len(self._heap) > self._most or self._bytes > self._most_bytes:
            _, _, gone = heappop(self._heap)
            self._bytes -= gone.bytes
            yield gone


class Stores:
    """The exchanges of a page, each in one store.

    Args:
        limits: How many there may be.
    """

    def __init__(self, limits: PageLimits) -> None:
        self._failed = Store(limits.payloads)
        self._slowest = Store(min(_SLOWEST, limits.payloads))
        self._newest = Store(limits.payloads)
        self._bare = Store(limits.exchanges)

    def __iter__(self) -> Iterator[Kept]:
        for store in (self._failed, self._slowest, self._newest, self._bare):
            yield from store

    def add(self, kept: Kept) -> None:
        """Take in an exchange that is over."""
        exchange = kept.exchange
        if failed(exchange):
            self._pass_on(self._failed.add(kept.number, kept))
        elif exchange.latency_ns is not None:
            self._pass_on(self._slowest.add(exchange.latency_ns, kept))
        else:
            self._pass_on(iter([kept]))

    def _pass_on(self, exchanges: Iterator[Kept]) -> None:
        for kept in exchanges:
            for older in self._newest.add(kept.number, kept):
                older.strip()
                for _ in self._bare.add(older.number, older):
                    pass
