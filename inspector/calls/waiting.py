"""What is known of the calls of one connection.

All of the calls that wait; of the last that are over, only which they were.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Hashable

    from .exchanges import Exchange, Ledger
    from .plain import PlainCall, PlainStep

_REMEMBERED = 1024
"""Ids of one connection that are remembered, at least, after their exchange is over."""


class Calls:
    """The calls of one connection: those that wait, and the last that are over.

    The last are kept in two halves, of which the older is dropped as a whole: that is
    quicker than to drop one for each that comes.

    Attributes:
        plain: Id → a call that waits, and of which no exchange was made yet. All of
            them are newer than what waits as an exchange.
        waiting: Id → the exchanges with it, in order.
        gap: How many exchanges had begun when the capture last lacked bytes here: those
            of them that still wait are in doubt. -1 while it lacks none.
        doubt: The number of the last exchange that needs a look when it is over: it may
            have begun before that, or its times contradict the order.
        early: Id → replies whose request the capture may hold later.
        apart: Whether the times of both sides are those of clocks that differ.
    """

    __slots__ = (
        "_before",
        "_over",
        "apart",
        "doubt",
        "early",
        "gap",
        "plain",
        "waiting",
    )

    def __init__(self) -> None:
        self.plain: dict[str | int, PlainCall | PlainStep] = {}
        self.waiting: dict[Hashable, list[Exchange] | deque[Exchange]] = {}
        self.gap = self.doubt = -1
        self.apart = False
        self.early: dict[Hashable, Exchange] = {}
        self._over: dict[Hashable, Ledger] = {}
        self._before: dict[Hashable, Ledger] = {}

    def settle(self) -> None:
        """Make exchanges of the plain calls, before anybody looks at what waits."""
        for key, call in self.plain.items():
            self.waiting[key] = [call.exchange()]
        self.plain.clear()

    def lack(self, number: int) -> None:
        """Learn that the capture lacks bytes, when so many exchanges had begun."""
        self.gap = self.doubt = number

    def end(self, key: Hashable, ledger: Ledger) -> None:
        """Remember a call that is over."""
        self._over[key] = ledger
        if len(self._over) >= _REMEMBERED:
            self._before, self._over = self._over, {}

    def are_apart(self, call: Exchange) -> bool:
        """Whether the sides have clocks that differ: no call shows one clock for both.

        Replies come before all their requests, by their times, where a capture has all
        that one side sent before all that the other did.
        """
        self.apart = self.apart or (not self.newest and len(self.waiting) > 1)
        call.early = call.early or self.apart
        return call.early

    @property
    def newest(self) -> int:
        """The number of the newest request that is known to be over; 0 for none."""
        ledgers = (*self._over.values(), *self._before.values())
        return max((ledger.number for ledger in ledgers), default=0)

    def ended(self, key: Hashable) -> Ledger | None:
        """Return the call with an id that is over, while it is remembered."""
        return self._over.get(key) or self._before.get(key)
