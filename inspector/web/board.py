"""What viewers are to see, from the thread that inspects to those who look.

One thread publishes and never waits; all else happens on the event loop that serves. A
viewer is given the whole once, and then what changed; one that has fallen behind is
given the latest whole again. So nothing is kept for any of them.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

from protocol.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_VIEWERS = 32
"""Viewers at once; who comes then is refused."""
_CHANGES = 8  # that a viewer may be late, before it is given the whole again


class State(NamedTuple):
    """What is to be seen at a moment.

    Attributes:
        number: Of the states, from 1.
        whole: All of it, as JSON.
        change: What is new since the state before, as JSON.
    """

    number: int
    whole: bytes
    change: bytes


class Message(NamedTuple):
    """What a viewer is sent.

    Attributes:
        number: That of the state, once it has come.
        kind: ``state`` for the whole of it, ``change`` for what is new.
        data: JSON.
    """

    number: int
    kind: str
    data: bytes


class Board:
    """The latest state, and who looks at it.

    Args:
        max_viewers: How many may look at once.

    Attributes:
        viewers: How many look; any thread may read it.
        ended: Whether nothing will be published any more.
    """

    def __init__(self, max_viewers: int = MAX_VIEWERS) -> None:
        self.viewers = 0
        self.ended = False
        self.max_viewers = max_viewers
        self._states: deque[State] = deque(maxlen=_CHANGES)
        self._number = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._news = asyncio.Event()

    @property
    def blank(self) -> bool:
        """Whether there is nothing to be seen yet; any thread may ask."""
        return not self._states

    def serve_on(self, loop: asyncio.AbstractEventLoop) -> None:
        """Take the event loop on which viewers are served, before there are any."""
        self._loop = loop

    def publish(self, whole: bytes, change: bytes) -> None:
        """Replace the state, from any thread.

        Args:
            whole: All that is to be seen, as JSON.
            change: What is new since the last time.
        """
        self._tell(lambda: self._take(whole, change))

    def end(self) -> None:
        """Let every viewer know, from any thread, that this was all."""
        self._tell(self._finish)

    def enter(self) -> bool:
        """Take in a viewer; answer whether there is room for it."""
        if self.ended or self.viewers >= self.max_viewers:
            return False
        self.viewers += 1
        return True

    def leave(self) -> None:
        """Forget a viewer; a state that nobody looks at would be old for the next."""
        self.viewers -= 1
        if not self.viewers:
            self._states.clear()

    async def after(self, seen: int) -> Message | None:
        """Wait for what a viewer is to be sent next; None is the end.

        Args:
            seen: The number of the last state that it has; 0 for none.
        """
        while not self._states or self._states[-1].number == seen:
            if self.ended:
                return None
            await self._news.wait()
        latest = self._states[-1]
        if seen and self._states[0].number <= seen + 1:
            state = self._states[seen - latest.number]
            return Message(state.number, "change", state.change)
        return Message(latest.number, "state", latest.whole)

    def _tell(self, action: Callable[[], None]) -> None:
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop has ended: nobody looks
                self._loop.call_soon_threadsafe(action)

    def _take(self, whole: bytes, change: bytes) -> None:
        self._number += 1
        if self._states:  # only the latest whole is ever sent
            self._states.append(self._states.pop()._replace(whole=b""))
        self._states.append(State(self._number, whole, change))
        self._wake()

    def _finish(self) -> None:
        self.ended = True
        self._wake()

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()
