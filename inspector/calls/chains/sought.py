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
    """The same of exchanges that are handed over one by one, as they end."""

    def __init__(self) -> None:
        self._order = Order()
        self._possible = Possible()
        self._before: deque[Exchange] = deque(maxlen=_BEFORE)
        self._seeker: Seeker | None = None

    def add(self, exchange: Exchange) -> Iterator[Exchange]:
        """Take in an exchange; yield those in order whose parents are settled."""
        for each in self._order.add(exchange.number, exchange):
            yield from self._seek(each)

    def finish(self) -> Iterator[Exchange]:
        """Yield those that are left."""
        for each in self._order.finish():
            yield from self._seek(each)
        if self._seeker is not None:
            yield from self._seeker.finish()

    def _seek(self, exchange: Exchange) -> Iterator[Exchange]:
        if self._seeker is None:
            self._possible.add(exchange)
            if not self._possible.holds:
                self._before.append(exchange)
                yield exchange
                return
            self._seeker = _seeker_after(self._before)
            self._before.clear()
        yield from self._seeker.add(exchange)


def _with_parents(
    before: Iterable[Exchange], items: Iterable[Exchange | Other]
) -> Iterator[Exchange | Other]:
    from .seeking import with_parents  # noqa: PLC0415 — hardly anybody needs it

    return with_parents(items, _seeker_after(before))


def _seeker_after(before: Iterable[Exchange]) -> Seeker:
    """Return what seeks parents among some exchanges, too."""
    from .seeking import Seeker  # noqa: PLC0415 — hardly anybody needs it

    seeker = Seeker()
    for each in before:
        seeker.remember(each)
    return seeker
