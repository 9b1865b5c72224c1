"""For whose sake exchanges were made, sought beside the inspection as they end."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from inspector.calls.chains.possible import Possible
from inspector.calls.ordering import MAX_WAITING, Order
from inspector.calls.plain import PlainExchange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from inspector.calls.chains.seeking import Seeker
    from inspector.calls.exchanges import Exchange

_BEFORE = 256  # exchanges that are remembered until it is known whether chains can be


class Parents:
    """Seek the parents of exchanges, once who is asked asks others.

    Args:
        see: Is given each exchange while that has its link.
    """

    def __init__(self, see: Callable[[Exchange], None]) -> None:
        self._see = see
        self._possible = Possible()
        self._before: deque[Exchange | PlainExchange] = deque(maxlen=_BEFORE)
        self._order: Order | None = None
        self._seeker: Seeker | None = None

    def add(self, exchange: Exchange) -> None:
        """Take in an exchange that is over."""
        if self._order is not None:
            self._seek(self._order.add(exchange.number, exchange))
            return
        self._possible.add(exchange)
        self._before.append(exchange)
        if self._possible.holds:
            self._begin()

    def add_plain(self, plain: PlainExchange) -> None:
        """Take in one that is over, of which nobody made an exchange: it has no chain.

        Once there are some, only those come that are over at that time.
        """
        if self._order is None:
            self._before.append(plain)
        else:
            self._seek(self._order.add(plain.number, None))

    def finish(self) -> None:
        """Settle what is left, when the last exchange is over."""
        if self._order is not None:
            self._seek(self._order.finish())
        if self._seeker is not None:
            deque(self._seeker.finish(), maxlen=0)

    def _begin(self) -> None:
        """Seek from now on, among those before as well, as far as they are known."""
        from inspector.calls.chains.seeking import (  # noqa: PLC0415 — hardly needed
            HELD,
            Seeker,
        )

        self._seeker = Seeker(HELD, self._see)
        known = {each.number: each for each in self._before}
        last = max(known)
        first = 1 if len(known) < _BEFORE else min(known)
        # Those that are not over yet may be the parents of those that are.
        under_way = [each for each in range(first, last) if each not in known]
        self._order = Order(under_way[-MAX_WAITING:], last)
        self._before.clear()
        for number in sorted(known):
            each = known[number]
            over = each.exchange() if isinstance(each, PlainExchange) else each
            self._seek(self._order.add(number, over))

    def _seek(self, exchanges: Iterable[Exchange]) -> None:
        seeker = self._seeker
        assert seeker is not None
        for each in exchanges:
            deque(seeker.add(each), maxlen=0)
