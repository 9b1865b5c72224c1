"""Events that wait in a queue of the broker until somebody takes them.

However long that takes, an event is not over before: told too early, it would be one
exchange, and its delivery another. Where nothing of a channel was ever seen to be
delivered, as if only the callers' side was captured, few are waited for.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from .joined import Joined

MAX_UNSERVED = 1_000
"""Events that are waited for of channels of which nothing was ever delivered."""
PATIENCE_NS = 10_000_000_000
"""How long they are waited for in a live capture, which is looked at meanwhile."""
MAX_CHANNELS = 16_384
"""Channels of which it is remembered that something was delivered."""


# decision 139
class Lingering:
    """Events that nobody was seen to take.

    Args:
        most: How many of them are waited for.
    """

    def __init__(self, most: int = MAX_UNSERVED) -> None:
        self._served: dict[Hashable, None] = {}
        self._waiting: deque[tuple[Hashable, int, Joined]] = deque()
        self._most = most

    def serve(self, place: Hashable) -> None:
        """Learn that something was delivered of a channel of a broker."""
        self._served[place] = None
        if len(self._served) > MAX_CHANNELS:
            del self._served[next(iter(self._served))]

    def serves(self, place: Hashable) -> bool:
        """Whether something was delivered of a channel of a broker."""
        return place in self._served

    def wait(self, place: Hashable, time_ns: int, joined: Joined) -> Iterator[Joined]:
        """Wait for the delivery of an event; yield those that are waited for no more.

        Args:
            place: Broker and channel.
            time_ns: When the broker was handed it.
            joined: The event.
        """
        if place in self._served:
            return
        self._waiting.append((place, time_ns, joined))
        while len(self._waiting) > self._most:
            yield from self._give_up()

    def elapse(self, time_ns: int) -> Iterator[Joined]:
        """Yield those that are waited for no more, because it is so late."""
        while self._waiting and self._waiting[0][1] + PATIENCE_NS <= time_ns:
            yield from self._give_up()

    def _give_up(self) -> Iterator[Joined]:
        place, _, joined = self._waiting.popleft()
        if joined.lingers and place not in self._served:
            yield joined
