"""What waits to be published, and the task that does so, in its order.

Calls and handlers write without waiting; what they write in one turn of the event loop
is published together.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

T = TypeVar("T")


class Publisher(Generic[T]):
    """Publish what is put in, batch after batch.

    Args:
        publish: Publishes a batch; it does not raise.
        high: Bytes that wait above which whoever writes should wait, too.
    """

    def __init__(
        self, publish: Callable[[list[T]], Awaitable[None]], high: int
    ) -> None:
        self._publish = publish
        self._high = high
        self._waiting: list[T] = []
        self._size = self._leaving = 0  # bytes of what waits, and of what leaves now
        self._task: asyncio.Task[None] | None = None
        self._relieved: asyncio.Future[None] | None = None

    @property
    def waiting(self) -> int:
        """Bytes of what waits, and of what leaves now."""
        return self._size + self._leaving

    @property
    def paused(self) -> bool:
        """Whether more waits than should."""
        return self.waiting > self._high

    def put(self, item: T, size: int) -> None:
        """Publish something soon.

        Args:
            item: What to publish.
            size: Its bytes.
        """
        self._waiting.append(item)
        self._size += size
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def drained(self) -> None:
        """Wait until no more waits than should."""
        while self.paused:
            if self._relieved is None:
                self._relieved = asyncio.get_running_loop().create_future()
            await asyncio.shield(self._relieved)

    async def flush(self) -> None:
        """Wait until all that was put in is published."""
        while self._task is not None:
            await asyncio.wait([self._task])

    def abandon(self) -> None:
        """Publish nothing more, and let whoever waits go on."""
        self._waiting.clear()
        self._size = 0
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, []
                self._leaving, self._size = self._size, 0
                await self._publish(batch)
                self._leaving = 0
                if not self.paused:
                    self._relieve()
        finally:
            self._leaving = 0
            self._task = None
            self._relieve()

    def _relieve(self) -> None:
        relieved, self._relieved = self._relieved, None
        if relieved is not None and not relieved.done():
            relieved.set_result(None)
