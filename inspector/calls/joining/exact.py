"""What identifies a transfer on both sides of its broker, where there is such a thing.

In Kafka a record has an offset in its partition: the broker says so to who produced it,
and whenever it hands it on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable

    from .joined import Joined

MAX_EXACT = 32_768
"""Transfers of which it is remembered what identifies them; the oldest are forgotten.

As many are remembered after they were told, and some are open.
"""


class Exact:
    """Exchanges by what identifies their requests, at whichever broker."""

    def __init__(self, most: int = MAX_EXACT) -> None:
        self._known: dict[tuple[Hashable, Hashable], Joined] = {}
        self._most = most

    def learn(self, realm: Hashable, exact: Hashable, joined: Joined) -> None:
        """Learn what identifies a transfer of an exchange; the first one counts."""
        place = realm, exact
        if place in self._known:
            return
        self._known[place] = joined
        if len(self._known) > self._most:
            del self._known[next(iter(self._known))]

    def peek(self, realm: Hashable, exact: Hashable) -> Joined | None:
        """Return the same as :meth:`find`, and leave what is plain as it is."""
        return self._known.get((realm, exact))

    def find(self, realm: Hashable, exact: Hashable | None) -> Joined | None:
        """Return the exchange of what is identified so; None if that is not known."""
        if exact is None:
            return None
        joined = self._known.get((realm, exact))
        return None if joined is None else joined.make()
