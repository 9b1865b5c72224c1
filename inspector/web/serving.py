"""The port: a thread with an event loop, beside the one that inspects."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from uvicorn import Config, Server
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from starlette.types import ASGIApp

    from .board import Board

_MOST = 128
"""Connections at once; another one is closed."""
_PATIENCE_S = 10  # for a peer to ask
_STALLED_S = 30
"""How long a peer may take nothing of what waits for it."""
_RESET = struct.pack("ii", 1, 0)
"""Closing forgets what waits, in the kernel too.

Source: socket(7), ``SO_LINGER``.
"""
_SEND_BUFFER = 1 << 18
"""Bytes that the kernel keeps for a viewer that does not read."""
_LONGEST_HEAD = 1 << 14  # bytes of a request
_FAREWELL_S = 1  # for viewers to take the last event


class _Connection(H11Protocol):
    """A connection of HTTP, of which there are not too many.

    One that is closed waits for its peer to take what is left, so it is watched until
    it is gone: those that take nothing would keep everybody else from the port.
    """

    stalled_s: float = _STALLED_S
    _taken = 0
    """How often the peer has taken so much that there was room again."""
    _watch: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, if there is room."""
        super().connection_made(transport)
        if len(self.connections) > _MOST:
            transport.abort()
        else:
            self.loop.call_later(_PATIENCE_S, self._expire)
            self._look(0, 0)

    def resume_writing(self) -> None:
        """Note that the peer takes what is sent."""
        self._taken += 1
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Watch no longer."""
        if self._watch is not None:
            self._watch.cancel()
        super().connection_lost(exc)

    def _look(self, waiting: int, taken: int) -> None:
        """Abort if as much waits as before, and nothing was taken since."""
        now = self.transport.get_write_buffer_size()
        if now and (now, self._taken) == (waiting, taken):
            self._abort()
        else:
            self._watch = self.loop.call_later(
                self.stalled_s, self._look, now, self._taken
            )

    def _abort(self) -> None:
        peer = self.transport.get_extra_info("socket")
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self.transport.abort()

    def _expire(self) -> None:
        """Close a connection on which nothing was asked."""
        # The library declares that there is a cycle before there is one.
        if vars(self)["cycle"] is None and not self.transport.is_closing():
            self.transport.abort()


@contextmanager
def served(
    listener: socket.socket,
    application: ASGIApp,
    board: Board,
    stalled_s: float = _STALLED_S,
) -> Iterator[Collection[object]]:
    """Answer requests for as long as the block lasts, in a thread of its own.

    Args:
        listener: A socket that listens; it is closed at the end.
        application: What answers.
        board: What is to be seen; it ends with the block.
        stalled_s: How long a peer may take nothing of what waits for it, in seconds.

    Yields:
        The connections that are open, as they come and go.
    """
    # The sockets of viewers inherit it.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
    server = Server(_config(application, stalled_s))
    ready = threading.Event()

    async def serve() -> None:
        board.serve_on(asyncio.get_running_loop())
        ready.set()
        await server.serve([listener])

    thread = threading.Thread(target=asyncio.run, args=(serve(),), name="web")
    thread.start()
    ready.wait()
    try:
        yield server.server_state.connections
    finally:
        board.end()
        server.should_exit = True
        thread.join()


def _config(application: ASGIApp, stalled_s: float) -> Config:
    return Config(
        application,
        http=type("Connection", (_Connection,), {"stalled_s": stalled_s}),
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",  # stderr is for what happens to the source
        access_log=False,
        server_header=False,
        proxy_headers=False,
        h11_max_incomplete_event_size=_LONGEST_HEAD,
        timeout_graceful_shutdown=_FAREWELL_S,
    )
