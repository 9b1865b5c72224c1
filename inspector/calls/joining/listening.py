"""Reply channels that many calls share, and who listens there.

::

    SUBSCRIBE sum.reply    ─► Listening ◄─ each request whose replies go there
    UNSUBSCRIBE sum.reply  ─► the call after whose end nobody waits there any longer

A subscription counts with the call that made it, which is the first, and each that
comes before it is confirmed. The end of it counts with the last call.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from inspector.calls.seen import Upkeep
    from inspector.streams.connections import Connection

    from .joined import Joined

MAX_LISTENING = 16_384
"""Reply channels that connections listen on; of more, the oldest are forgotten."""
_MOST_OPENED = 4_096
"""Errands that may wait for the request that they are for."""
_END = 2
"""Errands that end it: what leaves it, and what confirms that."""
_NONE: dict[Connection, Listening] = {}


class Listening(msgspec.Struct, gc=False, eq=False):
    """A reply channel that a connection listens on.

    Attributes:
        connection: Who listens.
        place: The broker and the channel.
        opened: What asked for it, until a request claims each …
        confirmed: … and what confirmed that.
        owed: How many errands are to come once nobody waits on it.
        left: How often it was left, and that was not confirmed.
        calls: The calls that wait on it, by their numbers.
        hasty: Those that came before what they claimed was confirmed.
        last: The call whose end was the last, and which the end of it belongs to.
    """

    connection: Connection
    place: tuple[Hashable, str]
    opened: deque[Upkeep] = msgspec.field(default_factory=deque)
    confirmed: deque[Upkeep] = msgspec.field(default_factory=deque)
    owed: int = 0
    left: int = 0
    calls: dict[int, Joined] = msgspec.field(default_factory=dict)
    hasty: deque[Joined] = msgspec.field(default_factory=deque)
    last: Joined | None = None

    def open(self, upkeep: Upkeep, *, confirms: bool) -> Joined | None:
        """Learn of an errand by which it listens.

        Args:
            upkeep: The errand.
            confirms: Whether it is the broker's, who confirms one before.

        Returns:
            The call that has claimed the one before; None where the errand waits for
            a call.
        """
        self.owed = _END
        if confirms and self.hasty:
            return self.hasty.popleft()
        waiting = self.confirmed if confirms else self.opened
        if len(waiting) < _MOST_OPENED:
            waiting.append(upkeep)
        return None

    def claim(self, joined: Joined) -> list[Upkeep]:
        """Let a call wait on it; return the errands that belong to it.

        Each call that found nobody listening asked for itself: it has one of each.
        """
        self.calls[joined.ledger.number] = joined
        joined.listens = self.connection
        claimed: list[Upkeep] = []
        if self.opened:
            claimed.append(self.opened.popleft())
            if not self.confirmed:
                self.hasty.append(joined)
        if self.confirmed:
            claimed.append(self.confirmed.popleft())
        if not claimed and self.last is not None:
            self.last.owes = 0  # this one has come before it had left
        return claimed

    @property
    def plain(self) -> bool:
        """Whether what a call is about to claim has data packets of its own."""
        next_ones = (each[0] for each in (self.opened, self.confirmed) if each)
        return all(map(is_alone, next_ones))

    def release(self, joined: Joined) -> None:
        """Learn that a call waits no longer: the last one sees to what is owed."""
        if self.calls.pop(joined.ledger.number, None) is None:
            return
        self.last = joined
        if not self.calls:
            joined.owes = self.owed

    def leave(self) -> list[Joined]:
        """Learn that nobody listens any longer; return the calls that have waited.

        What belongs to the end of it is that of the last one that was answered, unless
        others have waited since.
        """
        waited = list(self.calls.values())
        if waited and (self.last is None or not self.last.owes):
            self.last = waited[-1]
        if self.last is not None:
            self.last.owes = self.owed
        self.left += 1
        self.owed = 0
        self.calls.clear()
        for waiting in (self.opened, self.confirmed, self.hasty):
            waiting.clear()
        return waited


def place_of(
    realm: Hashable, channel: str | None, part: str | None
) -> tuple[Hashable, str]:
    """Return where replies go: at which broker, in which part of it, and channel.

    Args:
        realm: What the broker is known by.
        channel: The channel.
        part: Which part of that; None for all of it.
    """
    return (realm if part is None else (realm, part)), channel or ""


def is_alone(upkeep: Upkeep) -> bool:
    """Whether an errand is all that one data packet carries, and of no exchange yet."""
    record = upkeep.records[0]
    return len(upkeep.records) == 1 and record.frames == 1 and record.owner is None


class Listeners:
    """Who listens on which reply channels."""

    def __init__(self, most: int = MAX_LISTENING) -> None:
        self._at: dict[tuple[Hashable, str], dict[Connection, Listening]] = {}
        self._by_age: dict[tuple[Connection, tuple[Hashable, str]], Listening] = {}
        self._of: dict[Connection, dict[tuple[Hashable, str], Listening]] = {}
        self._most = most

    def at(self, place: tuple[Hashable, str]) -> Mapping[Connection, Listening]:
        """Return who listens at a broker on a channel."""
        return self._at.get(place, _NONE)

    def get(
        self, connection: Connection, place: tuple[Hashable, str]
    ) -> Listening | None:
        """Return how a connection listens on a channel; None where it does not."""
        return self.at(place).get(connection)

    def learn(self, connection: Connection, place: tuple[Hashable, str]) -> Listening:
        """Return how a connection listens on a channel, as is known from now on."""
        known = self.get(connection, place)
        if known is not None:
            return known
        listening = Listening(connection, place)
        self._at.setdefault(place, {})[connection] = listening
        self._by_age[connection, place] = listening
        self._of.setdefault(connection, {})[place] = listening
        if len(self._by_age) > self._most:
            self.drop(next(iter(self._by_age.values())))
        return listening

    def drop(self, listening: Listening) -> None:
        """Learn that a connection listens on a channel no longer."""
        connection, place = listening.connection, listening.place
        if self._by_age.pop((connection, place), None) is None:
            return
        at, of = self._at[place], self._of[connection]
        del at[connection], of[place]
        if not at:
            del self._at[place]
        if not of:
            del self._of[connection]
        for each in listening.calls.values():
            each.listens = None

    def forget(self, connection: Connection) -> None:
        """Learn that a connection is over."""
        for listening in list(self._of.get(connection, {}).values()):
            self.drop(listening)
