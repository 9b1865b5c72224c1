"""Deadlines of many calls with few timers: one for each timeout.

Calls with equal timeouts expire in the order they began, so a queue of them needs one
timer, for its head. A call that ends leaves its queue at once, and queues that are
empty are dropped when there are too many of them, as where each call has a timeout of
its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from servers.errors import RequestTimeoutError

if TYPE_CHECKING:
    import asyncio

    from .calls import FutureLike

_FEW = 16  # queues, which may as well be empty


# decision 73: One timer for calls that wait equally long
class Deadlines:
    """Fail calls whose time is over.

    Args:
        loop: The event loop, whose clock counts.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._time = loop.time
        self._queues: dict[float, _Queue] = {}
        self._many = _FEW  # queues from which on the empty ones are dropped

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
        try:
            queue = self._queues[seconds]
        except KeyError:
            queue = self._queue(seconds)
        end = queue.ends[call] = self._time() + seconds
        if queue.timer is None:
            queue.timer = self._loop.call_at(end, queue.expire)
        return queue.ends

    def _queue(self, seconds: float) -> _Queue:
        """Return a new queue, for a timeout that has none."""
        if len(self._queues) >= self._many:
            self._drop_empty()
        queue = self._queues[seconds] = _Queue(self, seconds)
        return queue

    def _drop_empty(self) -> None:
        """Drop the queues without a call.

        The next time is when there are twice as many as are left, so that a new queue
        costs the same on average, however many calls wait.
        """
        for seconds, queue in list(self._queues.items()):
            if not queue.ends:
                queue.cancel()
                del self._queues[seconds]
        self._many = max(_FEW, 2 * len(self._queues))

    def close(self) -> None:
        """Forget all calls."""
        for queue in self._queues.values():
            queue.cancel()
        self._queues.clear()


class _Queue:
    """Calls with the same timeout, the oldest first."""

    __slots__ = ("_deadlines", "_seconds", "ends", "timer")

    def __init__(self, deadlines: Deadlines, seconds: float) -> None:
        self._deadlines = deadlines
        self._seconds = seconds
        self.ends: dict[FutureLike, float] = {}
        self.timer: asyncio.TimerHandle | None = None

    def cancel(self) -> None:
        if self.timer is not None:
            self.timer.cancel()

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
