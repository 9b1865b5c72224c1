"""Parents, sought where there can be any: hardly anybody loads what seeks them."""

from __future__ import annotations

from collections import deque
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

from inspector.calls.exchanges import Exchange
from inspector.calls.ordering import in_order

from .possible import Possible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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


def _with_parents(
    before: Iterable[Exchange], items: Iterable[Exchange | Other]
) -> Iterator[Exchange | Other]:
    from .seeking import Seeker, with_parents  # noqa: PLC0415 — hardly anybody needs it

    seeker = Seeker()
    for each in before:
        seeker.remember(each)
    return with_parents(items, seeker)
