"""The exchanges that a page has: those in trouble, the slowest, then the newest.

::

    exchange ─┬─► failed ──┐
              ├─► slowest ─┼─► newest, with payloads ─► newest, without ─► forgotten
              └────────────┘

What has no more room in one store goes on to the next, so that each exchange is in one
of them. All are bounded, by the number of exchanges and by what payloads take.
"""

from __future__ import annotations

from bisect import insort
from collections import deque
from heapq import heappop, heappush, heappushpop
from operator import attrgetter
from typing import TYPE_CHECKING

from inspector.calls.plain import PlainExchange
from inspector.figures.timeline import failed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .page_limits import PageLimits
    from .trimming import Kept

_NUMBER = attrgetter("number")
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

    def add(self, key: int, kept: Kept) -> list[Kept]:
        """Take in an exchange; return those for which there is no more room."""
        heap, gone = self._heap, []
        self._bytes += kept.bytes
        if len(heap) < self._most:
            heappush(heap, (key, kept.number, kept))
        else:
            gone.append(heappushpop(heap, (key, kept.number, kept))[2])
            self._bytes -= gone[0].bytes
        while self._bytes > self._most_bytes:
            gone.append(heappop(heap)[2])
            self._bytes -= gone[-1].bytes
        return gone


class Latest:
    """The exchanges with the greatest numbers; nearly all come in their order.

    Args:
        most: How many there is room for.
        most_bytes: … and for how many bytes of payloads.
    """

    def __init__(self, most: int, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._most_bytes = most, most_bytes
        self._bytes = 0
        self._kept: deque[Kept] = deque()

    def __iter__(self) -> Iterator[Kept]:
        return iter(self._kept)

    def add(self, kept: Kept) -> list[Kept]:
        """Take in an exchange; return those for which there is no more room."""
        held = self._kept
        if held and kept.number < held[-1].number:
            insort(held, kept, key=_NUMBER)
        else:
            held.append(kept)
        self._bytes += kept.bytes
        gone = []
        while len(held) > self._most or self._bytes > self._most_bytes:
            gone.append(held.popleft())
            self._bytes -= gone[-1].bytes
        return gone


class Stores:
    """The exchanges of a page, each in one store.

    Args:
        limits: How many there may be.
    """

    def __init__(self, limits: PageLimits) -> None:
        self._failed = Store(limits.payloads)
        self._slowest = Store(min(_SLOWEST, limits.payloads))
        self._newest = Latest(limits.payloads)
        self._bare = Latest(limits.exchanges)

    def __iter__(self) -> Iterator[Kept]:
        for store in (self._failed, self._slowest, self._newest, self._bare):
            yield from store

    def add(self, kept: Kept) -> list[Kept]:
        """Take in an exchange that is over; return those that are forgotten."""
        source = kept.source
        latency_ns = source.latency_ns
        if not isinstance(source, PlainExchange) and failed(source):
            return self._pass_on(self._failed.add(kept.number, kept))
        if latency_ns is not None:
            return self._pass_on(self._slowest.add(latency_ns, kept))
        return self._pass_on((kept,))

    def _pass_on(self, exchanges: Iterable[Kept]) -> list[Kept]:
        forgotten: list[Kept] = []
        for kept in exchanges:
            for older in self._newest.add(kept):
                older.strip()
                forgotten += self._bare.add(older)
        return forgotten
