"""What carries sessions: engineio, whose tasks end with it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from engineio import AsyncServer
from engineio.payload import Payload

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

_PACKETS = 10_000
"""Packets of one POST by polling; engineio takes 16, clients and Nest know no limit."""
Payload.max_decode_packets = max(Payload.max_decode_packets, _PACKETS)


class Engine(AsyncServer):  # type: ignore[misc]  # without types
    """What carries sessions; the arguments are those of engineio."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 — of engineio
        super().__init__(async_mode="asgi", **options)
        self._tasks: set[asyncio.Task[Any]] = set()

    def start_background_task(
        self,
        target: Callable[..., Coroutine[Any, Any, Any]],
        *args: Any,  # noqa: ANN401 — of engineio
        **kwargs: Any,  # noqa: ANN401
    ) -> asyncio.Task[Any]:
        """Run a task: pings, which wait for long, and the watch over sessions."""
        task = asyncio.get_running_loop().create_task(target(*args, **kwargs))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def end(self, patience: float) -> None:
        """End all sessions, and the tasks.

        Args:
            patience: Seconds for what is still to be sent.
        """
        if self.sockets:
            ending = asyncio.get_running_loop().create_task(self.disconnect())
            self._tasks.add(ending)
            await asyncio.wait([ending], timeout=patience)
        for task in list(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(list(self._tasks))
