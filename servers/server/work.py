"""Tasks in flight, and how many there may be: of one client, or from one broker."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from servers.logs import logger_of

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from servers.limits import Limits

logger = logger_of("server")


class Work:
    """What is in flight for a client, or for all that a broker delivers.

    Args:
        limits: How much may be.
        name: ``host:port`` of the client, or the broker, for logs.

    Attributes:
        name: The same.
        tasks: The messages and events in flight.
        starting: Whether a task was started that has not run yet.
    """

    def __init__(self, limits: Limits, name: str) -> None:
        self.tasks: set[asyncio.Task[None]] = set()
        self.starting = False
        self._streams: set[asyncio.Task[None]] = set()
        self._limits = limits
        self.name = name
        self._loop = asyncio.get_running_loop()
        self._room = asyncio.Event()
        self._room.set()

    def start(self, work: Coroutine[Any, Any, None], *, stream: bool = False) -> None:
        """Run work in a task.

        Args:
            work: What to run.
            stream: Whether it counts as a stream, which ends when its client leaves.
        """
        task = self._loop.create_task(work, name=f"call of {self.name}")
        self.tasks.add(task)
        if stream:
            self._streams.add(task)
        task.add_done_callback(self._done)
        if not self.starting:
            self.starting = True
            self._loop.call_soon(self._caught_up)
        self._count()

    def streaming(self) -> None:
        """Note that the current task is a stream now."""
        task = asyncio.current_task()
        if task in self.tasks:
            self._streams.add(task)
            self._count()

    @property
    def crowded(self) -> bool:
        """Whether as many messages, or streams, as allowed are being handled."""
        return not self._room.is_set()

    async def room(self) -> None:
        """Wait until another message may be handled."""
        await self._room.wait()

    def cancel(self) -> None:
        """Cancel all that is in flight."""
        for task in list(self.tasks):
            task.cancel()

    def cancel_streams(self) -> None:
        """Cancel what is pointless without a client."""
        for task in list(self._streams):
            task.cancel()

    def _caught_up(self) -> None:
        self.starting = False

    def _done(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        self._streams.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("%s: a call failed: %s", self.name, error, exc_info=error)
        self._count()

    def _count(self) -> None:
        """Note whether there is room for another message."""
        limits, streams = self._limits, len(self._streams)
        if len(self.tasks) - streams >= limits.in_flight or streams >= limits.streams:
            self._room.clear()
        else:
            self._room.set()
