"""TCP as one of the transports by which a service is served, or a client calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from .serving.places import DEFAULT_HOST, DEFAULT_PORT

if TYPE_CHECKING:
    import os
    import socket
    import ssl


class Tcp(msgspec.Struct, frozen=True):
    """Where a service listens by TCP, or where a client finds one.

    Attributes:
        host: The address, or its name; None, for a service alone, for all addresses.
        port: For a service 0 for any free port.
        uds: The path of a Unix socket, instead of host and port.
        tls: For TLS; see :func:`servers.server_tls` and :func:`servers.client_tls`.
        fd: For a service: the number of a socket that was inherited.
        sock: For a service: a socket that is bound already.
        reuse_port: For a service: whether others may listen at the port, too.
    """

    host: str | None = DEFAULT_HOST
    port: int = DEFAULT_PORT
    uds: str | os.PathLike[str] | None = None
    tls: ssl.SSLContext | None = None
    fd: int | None = None
    sock: socket.socket | None = None
    reuse_port: bool = False
