"""The addresses of a client: hosts with ports, and paths of Unix sockets."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from servers.errors import UsageError
from servers.sockets import LAST_PORT

if TYPE_CHECKING:
    import ssl
    from collections.abc import Sequence

    from servers.limits import Limits

    from .connection import Connection

Address: TypeAlias = tuple[str, int] | os.PathLike[str]
"""Host and port, or the path of a Unix socket; text may be ``"host:port"``."""
Dial: TypeAlias = Callable[[Callable[[], "Connection"]], Awaitable[None]]
"""Connects the protocol that its argument makes."""
_LOCAL = "localhost"  # the name that a certificate may have where there is no host


def addresses_of(
    host: str,
    port: int,
    uds: str | os.PathLike[str] | None,
    addresses: Sequence[Address],
) -> list[Address]:
    """Return the addresses of a client, of which one at least was passed.

    Raises:
        UsageError: One of them is none, or both ``uds`` and ``addresses`` were passed.
    """
    if uds is not None and addresses:
        raise UsageError("pass either uds or addresses, which may have paths, too")
    if uds == "":  # Path() is "."
        raise UsageError("'' is not the path of a Unix socket")
    single: Address = (host, port) if uds is None else Path(uds)
    found = list(addresses) or [single]
    for each in found:
        name_of(each)
    return found


def name_of(address: Address) -> str:
    """Return an address as messages name it.

    Raises:
        UsageError: It has no host, or a port outside 1 to 65535, or is text.
    """
    if isinstance(address, os.PathLike):
        return f"unix:{os.fspath(address)}"
    if isinstance(address, str):  # from code that is not type-checked
        raise UsageError(f"{address!r} is not an address: pass (host, port) or a Path")
    host, port = address
    if not host or not 0 < port <= LAST_PORT:
        raise UsageError(f"{host}:{port} is not an address")
    return f"{host}:{port}"


def dial_to(
    address: Address,
    tls: ssl.SSLContext | None,
    server_hostname: str | None,
    limits: Limits,
) -> Dial:
    """Return a function that connects to an address, with TLS or without."""
    secure: dict[str, Any] = {}
    if tls is not None:
        host = _LOCAL if isinstance(address, os.PathLike) else address[0]
        secure = {
            "ssl": tls,
            "server_hostname": server_hostname or host,
            "ssl_handshake_timeout": limits.handshake,
        }

    async def dial(protocol: Callable[[], Connection]) -> None:
        loop = asyncio.get_running_loop()
        if isinstance(address, os.PathLike):
            await loop.create_unix_connection(protocol, os.fspath(address), **secure)
        else:
            await loop.create_connection(protocol, *address, **secure)

    return dial
