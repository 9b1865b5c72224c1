"""Deadlines of many calls with few timers: one for each length of time.

Calls that wait equally long end in the order they began, so a queue of them needs one
timer, for its head. A call that is answered leaves its queue at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from servers.errors import RequestTimeoutError

if TYPE_CHECKING:
    import asyncio

    from .calls import Failing


class Deadlines:
    """Fail calls whose time is over.

    Args:
        loop: Whose clock counts.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._queues: dict[float, _Queue] = {}

    def __len__(self) -> int:
        """Return how many calls have a deadline."""
        return sum(len(queue.ends) for queue in self._queues.values())

    def add(self, call: Failing, seconds: float | None) -> dict[Failing, float]:
        """Fail a call with RequestTimeoutError after so many seconds; None never does.

        Returns:
            What to take the call out of when it has ended.
        """
        if seconds is None:
            return {}
        queue = self._queues.get(seconds)
        if queue is None:
            queue = self._queues[seconds] = _Queue(self, seconds)
        end = queue.ends[call] = self._loop.time() + seconds
        if queue.timer is None:
            queue.timer = self._loop.call_at(end, queue.expire)
        return queue.ends

    def close(self) -> None:
        """Forget all calls."""
        for queue in self._queues.values():
            if queue.timer is not None:
                queue.timer.cancel()
        self._queues.clear()


class _Queue:
    """Calls that wait for the same length of time, the oldest first."""

    __slots__ = ("_deadlines", "_seconds", "ends", "timer")

    def __init__(self, deadlines: Deadlines, seconds: float) -> None:
        self._deadlines = deadlines
        self._seconds = seconds
        self.ends: dict[Failing, float] = {}
        self.timer: asyncio.TimerHandle | None = None

    def expire(self) -> None:
        loop = self._deadlines._loop  # noqa: SLF001 — one thing in two classes
        now = loop.time()
        late = []
        for call, end in self.ends.items():
            if end > now:
                break
            late.append(call)
        for call in late:
            del self.ends[call]
            if not call.done():
                call.set_exception(RequestTimeoutError(self._seconds))
        if self.ends:
            self.timer = loop.call_at(next(iter(self.ends.values())), self.expire)
        else:
            self.timer = None
            self._deadlines._queues.pop(self._seconds, None)  # noqa: SLF001
