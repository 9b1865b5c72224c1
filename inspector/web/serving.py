"""The port: a thread with an event loop, beside the one that inspects."""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from uvicorn import Config, Server
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import ASGIApp

    from .board import Board

_MOST = 128
"""Connections at once; another one is closed."""
_PATIENCE_S = 10  # for a peer to ask
_SEND_BUFFER = 1 << 18
"""Bytes that the kernel keeps for a viewer that does not read."""
_LONGEST_HEAD = 1 << 14  # bytes of a request
_FAREWELL_S = 1  # for viewers to take the last event


class _Connection(H11Protocol):
    """A connection of HTTP, of which there are not too many."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, if there is room."""
        super().connection_made(transport)
        if len(self.connections) > _MOST:
            transport.abort()
        else:
            self.loop.call_later(_PATIENCE_S, self._expire)

    def _expire(self) -> None:
        """Close a connection on which nothing was asked."""
        # The library declares that there is a cycle before there is one.
        if vars(self)["cycle"] is None and not self.transport.is_closing():
            self.transport.abort()


@contextmanager
def served(
    listener: socket.socket, application: ASGIApp, board: Board
) -> Iterator[None]:
    """Answer requests for as long as the block lasts, in a thread of its own.

    Args:
        listener: A socket that listens; it is closed at the end.
        application: What answers.
        board: What is to be seen; it ends with the block.
    """
    # The sockets of viewers inherit it.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
    server = Server(_config(application))
    ready = threading.Event()

    async def serve() -> None:
        board.serve_on(asyncio.get_running_loop())
        ready.set()
        await server.serve([listener])

    thread = threading.Thread(target=asyncio.run, args=(serve(),), name="web")
    thread.start()
    ready.wait()
    try:
        yield
    finally:
        board.end()
        server.should_exit = True
        thread.join()


def _config(application: ASGIApp) -> Config:
    return Config(
        application,
        http=_Connection,
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
