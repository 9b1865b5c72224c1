"""Deadlines of many calls with few timers: one for each timeout.

Calls with equal timeouts expire in the order they began, so a queue of them needs one
timer, for its head. A call that ends leaves its queue at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from servers.errors import RequestTimeoutError

if TYPE_CHECKING:
    import asyncio

    from .calls import FutureLike


# decision 73: One timer for calls that wait equally long
class Deadlines:
    """Fail calls whose time is over.

    Args:
        loop: The event loop, whose clock counts.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._queues: dict[float, _Queue] = {}

    def __len__(self) -> int:
        """Return the number of calls that have a deadline."""
        return sum(len(queue.ends) for queue in self._queues.values())

    def add(self, call: FutureLike, seconds: float | None) -> dict[FutureLike, float]:
        """Fail a call with RequestTimeoutError after some seconds.

        Args:
            call: The call.
            seconds: The timeout; None for none.

        Returns:
            The calls with this timeout, from which to remove the call when it ends.
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
    """Calls with the same timeout, the oldest first."""

    __slots__ = ("_deadlines", "_seconds", "ends", "timer")

    def __init__(self, deadlines: Deadlines, seconds: float) -> None:
        self._deadlines = deadlines
        self._seconds = seconds
        self.ends: dict[FutureLike, float] = {}
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
