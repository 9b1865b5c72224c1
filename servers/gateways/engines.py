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
_PARTING = 1.0  # seconds for clients that poll to come and hear that they must go
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

    async def drop(self, sid: str, *, unsent: bool = False) -> None:
        """End a session.

        engineio says so to the client and then waits for it to go; here a WebSocket is
        closed, since neither browsers nor strangers take the hint.

        Args:
            sid: Its id.
            unsent: Whether what waits to be sent is thrown away.
        """
        socket = self.sockets.pop(sid, None)
        if socket is None:
            return
        while unsent and not socket.queue.empty():
            socket.queue.get_nowait()
            socket.queue.task_done()
        await socket.close(wait=False, reason=self.reason.SERVER_DISCONNECT)
        socket.queue.put_nowait(None)  # the end of what is written

    def release(self, sid: str) -> None:
        """Let go of a request that still polls for a client that has gone."""
        socket = self.sockets.get(sid)
        if socket is not None:
            socket.queue.put_nowait(None)

    async def end(self, patience: float) -> None:
        """End all sessions, and the tasks.

        Args:
            patience: Seconds for what is still to be sent.
        """
        sockets = list(self.sockets.values())
        for each in sockets:
            await self.drop(each.sid)
        loop = asyncio.get_running_loop()
        if leaving := [loop.create_task(each.queue.join()) for each in sockets]:
            await asyncio.wait(leaving, timeout=min(patience, _PARTING))
        for task in (tasks := [*leaving, *self._tasks]):
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
