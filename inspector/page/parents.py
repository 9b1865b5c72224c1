"""For whose sake exchanges were made, sought beside the inspection as they end."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from inspector.calls.chains.possible import Possible
from inspector.calls.ordering import Order

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
        self._order = Order()
        self._before: deque[Exchange] = deque(maxlen=_BEFORE)
        self._seeker: Seeker | None = None

    def add(self, exchange: Exchange) -> None:
        """Take in an exchange that is over."""
        self._seek(self._order.add(exchange.number, exchange))

    def finish(self) -> None:
        """Settle what is left, when the last exchange is over."""
        self._seek(self._order.finish())
        if self._seeker is not None:
            deque(self._seeker.finish(), maxlen=0)

    def _seek(self, exchanges: Iterable[Exchange]) -> None:
        for each in exchanges:
            if self._seeker is None:
                self._possible.add(each)
                if not self._possible.holds:
                    self._before.append(each)
                    continue
                self._seeker = self._begin()
            deque(self._seeker.add(each), maxlen=0)

    def _begin(self) -> Seeker:
        from inspector.calls.chains.seeking import (  # noqa: PLC0415 — hardly needed
            HELD,
            Seeker,
        )

        seeker = Seeker(HELD, self._see)
        for each in self._before:
            seeker.remember(each)
        self._before.clear()
        return seeker
