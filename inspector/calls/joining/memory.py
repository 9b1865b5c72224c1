"""Which exchanges are open, which were told last, and how each of them is found."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from inspector.streams.connections import Connection

    from .joined import Joined

# decision 119
QUIET_NS = 1_000_000_000
"""How long more may come of an exchange whose outcome is known."""
# decision 120
RECONNECT_NS = 10 * QUIET_NS
"""How long a caller that lost its connection may take to ask for its replies again.

Source: nats.js, ``reconnectTimeWait``: it tries again after 2 s, and so on.
"""
# decision 121
MAX_OPEN = 50_000
"""Exchanges that may be open; beyond it the oldest is told as it stands."""
MAX_HELD = 128 << 20
"""Bytes of all hops of open exchanges; beyond them the oldest is told, too.

Most packets pass twice, so that their bodies are half of that.
"""
MAX_REMEMBERED = 20_000
"""Exchanges that are remembered, without their payloads, after they were told."""
MAX_ALIKE = 64
"""Calls with one correlation, from which on those that were told make room for others.

A reply looks at all of them. Nest takes another for each call; a client in another
language may ask for all its replies on one subject.
"""
MAX_CROWD = 1_024
"""The same of those that go on: replies find the others no more, which are unanswered.
"""


class Memory:
    """Exchanges that are open, and the last that were told.

    Attributes:
        open: Number → those that are open, the oldest first.
        held: Bytes of all their hops …
        most_held: … and how many of them there may be.
        coming: When the end of some of them is looked for, in nanoseconds since 1970,
            and whose that is, in that order.
    """

    def __init__(
        self,
        most_open: int = MAX_OPEN,
        most_remembered: int = MAX_REMEMBERED,
        most_held: int = MAX_HELD,
    ) -> None:
        self.held = 0
        self.most_held = most_held
        self.open: dict[int, Joined] = {}
        self.coming: deque[tuple[int, Joined]] = deque()
        self._most_open = most_open
        self._most_remembered = most_remembered
        self._calls: dict[Hashable, list[Joined]] = {}  # by their correlation
        self._on: dict[Connection, dict[int, Joined]] = {}  # whose end concerns them
        self._over: deque[Joined] = deque()

    def add(self, joined: Joined) -> Joined | None:
        """Take in one that begins; return one that has to go for it."""
        self.open[joined.ledger.number] = joined
        self._stand_on(joined, joined.stands_on)
        if len(self.open) <= self._most_open:
            return None
        return self.oldest()

    def place(self, joined: Joined, caller: Connection) -> None:
        """Learn who asks."""
        joined.caller = caller
        if joined.stands_on is not caller:
            self._leave(joined)
            self._stand_on(joined, caller)

    def standing_on(self, connection: Connection) -> list[Joined]:
        """Return those open exchanges that the end of a connection concerns.

        Those that it asked; where who asks is not known, those that were first seen
        on it.
        """
        return [each.make() for each in self._on.get(connection, {}).values()]

    def correlate(
        self, joined: Joined, correlation: Hashable, identity: Hashable
    ) -> None:
        """Let the replies of a call be found."""
        joined.correlation, joined.id = correlation, identity
        calls = self._calls.setdefault(correlation, [])
        if len(calls) >= MAX_ALIKE:
            told = next((each for each in calls if each.told), None)
            if told is not None:
                calls.remove(told)
            elif len(calls) >= MAX_CROWD:
                del calls[0]
        calls.append(joined)

    def calls(self, correlation: Hashable) -> list[Joined]:
        """Return the calls with a correlation, the oldest first, also those told."""
        calls = self._calls.get(correlation) or []
        for each in calls:
            each.make()
        return calls

    def knows(self, correlation: Hashable) -> bool:
        """Whether there is a call with a correlation, be it told."""
        return correlation in self._calls

    def plain_call(self, correlation: Hashable) -> Joined | None:
        """Return the call with a correlation while it is plain; None for any other."""
        calls = self._calls.get(correlation)
        return calls[0] if calls is not None and calls[0].plain is not None else None

    def oldest(self) -> Joined:
        """Return the oldest of those that are open."""
        return next(iter(self.open.values())).make()

    @property
    def full(self) -> bool:
        """Whether one that is open has to go for one more."""
        return len(self.open) >= self._most_open

    def expect(self, joined: Joined, time_ns: int) -> None:
        """Learn that one is over once it has been quiet for long enough."""
        if not joined.awaited:  # or it would be looked at as often as it was said
            joined.awaited = True
            self.coming.append((time_ns + QUIET_NS, joined))

    def due(self, time_ns: int) -> Iterator[Joined]:
        """Yield those that have been quiet for long enough."""
        due = self.coming
        while due and due[0][0] <= time_ns:
            joined = due.popleft()[1]
            if joined.told:
                continue
            if not joined.expected:
                joined.awaited = False
                continue
            end_ns = joined.last_ns + QUIET_NS
            if joined.closed is not None and joined.outcome is None:
                end_ns = joined.closed.time_ns + RECONNECT_NS
            if end_ns > time_ns:
                due.append((time_ns + QUIET_NS, joined))
                continue
            yield joined

    def close(self, joined: Joined) -> Iterator[Joined]:
        """Keep of one that was told what is needed; yield those now forgotten."""
        del self.open[joined.ledger.number]
        self.held -= joined.held
        self._leave(joined)
        joined.closed = None
        joined.ahead.clear()
        joined.exchange = joined.passage = joined.caller = joined.plain = None
        joined.listens = None
        joined.pending.clear()
        self._over.append(joined)
        while len(self._over) > self._most_remembered:
            yield self._forget(self._over.popleft())

    def _stand_on(self, joined: Joined, connection: Connection) -> None:
        standing = self._on.get(connection)
        if standing is None:
            standing = self._on[connection] = {}
        standing[joined.ledger.number] = joined
        joined.stands_on = connection

    def _leave(self, joined: Joined) -> None:
        standing = self._on[joined.stands_on]
        del standing[joined.ledger.number]
        if not standing:
            del self._on[joined.stands_on]

    def _forget(self, joined: Joined) -> Joined:
        joined.forgotten = True
        calls = self._calls.get(joined.correlation)
        if calls is not None and joined in calls:
            calls.remove(joined)
            if not calls:
                del self._calls[joined.correlation]
        return joined
