"""Server-sent events: what a viewer is sent, for as long as it looks.

::

    id: 12
    event: change
    data: {…}

A viewer is sent a piece when it has taken the one before, so no more than a piece waits
for it here. One that takes nothing for a while is let go, and its connection is reset
by :mod:`.serving`; its browser comes back by itself when it can, and is given the
latest state.

Source: the HTML standard, section 9.2 (server-sent events).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from .board import Board, Message

_PIECE = 1 << 16
"""Bytes that are written at once."""
_STALLED_S = 30
_HEARTBEAT_S = 15
"""Silence after which a line without meaning is sent, as proxies between want it."""
_START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"x-accel-buffering", b"no"),  # else nginx would hold events back
    ],
}
_BEAT = b":\n\n"
_END = b"event: end\ndata: {}\n\n"


class EventStream:
    """The events of a board, as an application of ASGI.

    Args:
        board: What is to be seen.
        stalled_s: How long a viewer may take for a piece, in seconds.
    """

    def __init__(self, board: Board, stalled_s: float = _STALLED_S) -> None:
        self._board, self._stalled_s = board, stalled_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send events until the viewer leaves, stalls, or the run ends."""
        if scope["method"] == "HEAD":
            await send(_START)
            await send({"type": "http.response.body", "body": b""})
            return
        if not self._board.enter():
            await self._refused()(scope, receive, send)
            return
        try:
            await self._serve(receive, send)
        finally:
            self._board.leave()

    def _refused(self) -> PlainTextResponse:
        most = self._board.max_viewers
        words = f"{most} viewers look already, and there is room for no more\n"
        return PlainTextResponse(words, 503, {"Retry-After": "5"})

    async def _serve(self, receive: Receive, send: Send) -> None:
        writing = asyncio.ensure_future(self._write(send))
        leaving = asyncio.ensure_future(_left(receive))
        both = writing, leaving
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in both:
                each.cancel()
            await asyncio.gather(*both, return_exceptions=True)

    async def _write(self, send: Send) -> None:
        await send(_START)
        seen, message = 0, await self._next(0)
        while message is not None:
            if message:
                seen = message.number
            await self._send(send, _spelled(message) if message else _BEAT)
            message = await self._next(seen)
        await self._send(send, _END)
        await send({"type": "http.response.body", "body": b""})

    async def _next(self, seen: int) -> Message | tuple[()] | None:
        """Return what is next: a message, nothing for now, or None for the end."""
        try:
            async with asyncio.timeout(_HEARTBEAT_S):
                return await self._board.after(seen)
        except TimeoutError:
            return ()

    async def _send(self, send: Send, data: bytes) -> None:
        """Send bytes, piece by piece.

        Raises:
            TimeoutError: The viewer takes nothing.
        """
        view = memoryview(data)
        for start in range(0, len(data), _PIECE):
            piece = bytes(view[start : start + _PIECE])
            async with asyncio.timeout(self._stalled_s):
                await send(
                    {"type": "http.response.body", "body": piece, "more_body": True}
                )


async def _left(receive: Receive) -> None:
    """Wait until the viewer is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _spelled(message: Message) -> bytes:
    """Return a message as an event; JSON has no end of a line in it."""
    head = f"id: {message.number}\nevent: {message.kind}\ndata: ".encode()
    return b"".join((head, message.data, b"\n\n"))
