"""TCP sockets as asyncio gives them: ports, the names of peers, Nagle's algorithm."""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio

LAST_PORT = 65_535
"""The highest TCP port (RFC 9293, section 3.1)."""


def peer_name(transport: asyncio.BaseTransport) -> str:
    """Return ``host:port`` of the other side."""
    address = transport.get_extra_info("peername")
    if isinstance(address, tuple):
        host, port = address[:2]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return str(address or "?")


def abort_elsewhere(transport: asyncio.Transport) -> None:
    """Abort a transport whose event loop does not run now, or never again.

    The peer gets FIN at once; the socket itself is freed with the transport.
    """
    connection = transport.get_extra_info("socket")
    with suppress(RuntimeError):  # the loop is closed
        transport.abort()
    if connection is not None:
        with suppress(OSError, TypeError):  # gone already; uvloop closes its sockets
            connection.shutdown(socket.SHUT_RDWR)


def set_no_delay(transport: asyncio.BaseTransport) -> None:
    """Switch off Nagle's algorithm, which delays a call after an event by 40 ms."""
    connection = transport.get_extra_info("socket")
    if connection is not None and connection.family != getattr(socket, "AF_UNIX", None):
        with suppress(OSError, TypeError):  # gone already; uvloop has done it itself
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
