"""Parents, sought where there can be any: hardly anybody loads what seeks them."""

from __future__ import annotations

from collections import deque
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

from inspector.calls.exchanges import Exchange
from inspector.calls.ordering import Order, in_order

from .possible import Possible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .seeking import Seeker

Other = TypeVar("Other")
_BEFORE = 256  # exchanges that are remembered until it is known whether chains can be
HELD = 256
"""Exchanges that wait until it is known what comes after them, as in reports."""
UNSUCCESSFUL = 1_024
"""Exchanges, after which parents are sought no more if none has one by then …"""
AGAIN = 64
"""… until there are so many times as many exchanges."""


# decision 148: Chains are sought where there can be some
def with_possible_parents(
    items: Iterable[Exchange | Other],
) -> Iterator[Exchange | Other]:
    """Yield exchanges in order, with their parents once who is asked asks others.

    What came before may be a parent, but is not held until that is known.

    Args:
        items: Exchanges as they end, and what comes with them.
    """
    possible = Possible()
    before: deque[Exchange] = deque(maxlen=_BEFORE)
    ordered = iter(in_order(items))
    for item in ordered:
        if isinstance(item, Exchange):
            possible.add(item)
            if possible.holds:
                yield from _with_parents(before, chain([item], ordered))
                return
            before.append(item)
        yield item


class PossibleParents:
    """The same of exchanges that are handed over one by one, as they end.

    Where somebody who is asked asks others, and thousands of exchanges have no parent
    all the same, they are sought no more, as in reports.
    """

    def __init__(self) -> None:
        self._order = Order()
        self._possible = Possible()
        self._before: deque[Exchange] = deque(maxlen=_BEFORE)
        self._seeker: Seeker | None = None
        self._seen = self._sought = self._again = 0
        self._found = False

    def add(self, exchange: Exchange) -> Iterator[Exchange]:
        """Take in an exchange; yield those in order whose parents are settled."""
        for each in self._order.add(exchange.number, exchange):
            yield from self._seek(each)

    def finish(self) -> Iterator[Exchange]:
        """Yield those that are left."""
        for each in self._order.finish():
            yield from self._seek(each)
        yield from self._rest()

    def _seek(self, exchange: Exchange) -> Iterator[Exchange]:
        self._seen += 1
        if self._seeker is None:
            self._possible.add(exchange)
            if not self._possible.holds or self._seen < self._again:
                self._before.append(exchange)
                yield exchange
                return
            self._seeker = _seeker_after(self._before, HELD)
            self._before.clear()
            self._sought = 0
        for each in self._seeker.add(exchange):
            self._found = self._found or _has_parent(each)
            yield each
        self._sought += 1
        if not self._found and self._sought >= UNSUCCESSFUL + HELD:
            yield from self._rest()

    def _rest(self) -> Iterator[Exchange]:
        """Seek no parents for a while; yield those that wait for theirs."""
        seeker, self._seeker = self._seeker, None
        self._again = AGAIN * self._seen
        if seeker is not None:
            yield from seeker.finish()


def _has_parent(exchange: Exchange) -> bool:
    return exchange.link is not None and exchange.link.parent is not None


def _with_parents(
    before: Iterable[Exchange], items: Iterable[Exchange | Other]
) -> Iterator[Exchange | Other]:
    from .seeking import with_parents  # noqa: PLC0415 — hardly anybody needs it

    return with_parents(items, _seeker_after(before))


def _seeker_after(before: Iterable[Exchange], held: int = 0) -> Seeker:
    """Return what seeks parents among some exchanges, too.

    Args:
        before: The exchanges.
        held: How many are held until what comes after them is known; 0 for the usual.
    """
    from .seeking import HELD, Seeker  # noqa: PLC0415 — hardly anybody needs it

    seeker = Seeker(held or HELD)
    for each in before:
        seeker.remember(each)
    return seeker
