"""Sockets as asyncio gives them: ports, names of peers, errors, Nagle's algorithm."""

from __future__ import annotations

import os
import socket
import ssl
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import asyncio

LAST_PORT = 65_535
"""The highest TCP port (RFC 9293, section 3.1)."""
UNIX: int | None = getattr(socket, "AF_UNIX", None)
"""The family of Unix sockets; None on a system without them."""


def peer_name(transport: asyncio.BaseTransport) -> str:
    """Return ``host:port`` of the other side; of a Unix socket ``unix:`` and its path.

    A client of a Unix socket has no name of its own, so its path names both sides.
    """
    address = transport.get_extra_info("peername")
    found = transport.get_extra_info("socket")
    if found is not None and found.family == UNIX:
        return address_name(address or transport.get_extra_info("sockname"))
    return address_name(address) if isinstance(address, tuple) else str(address or "?")


def address_name(address: tuple[Any, ...] | str | bytes) -> str:
    """Return ``host:port`` of the address of a socket, or ``unix:`` and its path."""
    if isinstance(address, tuple):
        host, port = address[:2]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return f"unix:{os.fsdecode(address)}"


def system_reason(error: OSError) -> str:
    """Return what an error of a socket says, in one line."""
    if isinstance(error, ssl.SSLError):  # whose number is none of the system's
        return _tls_reason(error)
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if error.errno is not None and error.errno > 0:
        return os.strerror(error.errno)  # asyncio's own message is about sockets
    return error.strerror or str(error)


def _tls_reason(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"certificate verify failed: {error.verify_message}"
    return error.reason.replace("_", " ").lower() if error.reason else str(error)


def keep_alive(transport: asyncio.BaseTransport, seconds: float) -> None:
    """Let the system end a connection whose other side is gone without a word.

    After half of the time without a byte it asks three times (RFC 9293, section 3.8.4).
    """
    found = transport.get_extra_info("socket")
    if not seconds or found is None or found.family == UNIX:
        return
    with suppress(OSError), socket.fromfd(found.fileno(), found.family, 1) as each:
        each.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in (
            ("TCP_KEEPIDLE", seconds / 2),
            ("TCP_KEEPINTVL", seconds / 6),
            ("TCP_KEEPCNT", 3),
        ):
            if hasattr(socket, name):  # not all of them are everywhere
                option = getattr(socket, name)
                each.setsockopt(socket.IPPROTO_TCP, option, max(round(value), 1))


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
    if connection is not None and connection.family != UNIX:
        with suppress(OSError, TypeError):  # gone already; uvloop has done it itself
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
