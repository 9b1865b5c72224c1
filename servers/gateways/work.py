"""The tasks of one client, and how many it may have."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from servers.logs import logger_of

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from servers.limits import Limits

logger = logger_of("server")


class Work:
    """What is in flight for a client.

    Args:
        limits: How much may be.
        name: ``host:port`` of the client, for logs.

    Attributes:
        tasks: The messages in flight.
        starting: Whether a task was started that has not run yet.
    """

    def __init__(self, limits: Limits, name: str) -> None:
        self.tasks: set[asyncio.Task[None]] = set()
        self.starting = False
        self._streams: set[asyncio.Task[None]] = set()
        self._limits = limits
        self._name = name
        self._loop = asyncio.get_running_loop()
        self._room = asyncio.Event()
        self._room.set()

    def start(self, work: Coroutine[Any, Any, None], *, stream: bool = False) -> None:
        """Run work in a task.

        Args:
            work: What to run.
            stream: Whether it is cancelled when the client leaves.
        """
        task = self._loop.create_task(work, name=f"call of {self._name}")
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
            logger.error("%s: a call failed: %s", self._name, error, exc_info=error)
        self._count()

    def _count(self) -> None:
        limits, streams = self._limits, len(self._streams)
        if len(self.tasks) - streams >= limits.in_flight or streams >= limits.streams:
            self._room.clear()
        else:
            self._room.set()
