"""Where a service listens: a host and a port, or one of what stands in their place."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple, TypedDict

from servers.errors import UsageError

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence

DEFAULT_HOST = "localhost"
"""Source: ``packages/microservices/constants.ts``, ``TCP_DEFAULT_HOST``."""
DEFAULT_PORT = 3000
"""Source: ``packages/microservices/constants.ts``, ``TCP_DEFAULT_PORT``."""


class Elsewhere(TypedDict, total=False):
    """Where to listen instead of at a host and a port, or beside others.

    Attributes:
        uds: The path of a Unix socket.
        fd: The number of a socket that was inherited, as from systemd.
        sock: A socket that is bound already; it is closed at the end.
        reuse_port: Whether other processes may listen at the same port, too.
    """

    uds: str | os.PathLike[str] | None
    fd: int | None
    sock: socket.socket | None
    reuse_port: bool


class Place(NamedTuple):
    """Where to listen.

    Attributes:
        host: The address, or its name; None for all addresses.
        port: 0 for any free port.
        reuse_port: Whether other processes may listen at the same port, too.
        path: That of a Unix socket, in place of host and port.
        sockets: Sockets that are bound already, in place of both.
    """

    host: str | None = DEFAULT_HOST
    port: int = DEFAULT_PORT
    reuse_port: bool = False
    path: str | None = None
    fd: int | None = None
    sockets: Sequence[socket.socket] = ()

    def beside(self, port: int | None) -> Place | None:
        """Return another port of the same host; of all addresses where there is none.

        Args:
            port: The port; None for no place.
        """
        if port is None:
            return None
        elsewhere = self.path is not None or self.fd is not None or self.sockets
        return Place(None if elsewhere else self.host, port)

    def __str__(self) -> str:
        """Return the place as errors name it."""
        if self.path is not None:
            return self.path
        if self.fd is not None:
            return f"file descriptor {self.fd}"
        if self.sockets:
            return "the given socket"
        return f"{'*' if self.host is None else self.host}:{self.port}"


# decision 109: A service listens at one place
def place_of(  # noqa: PLR0913 — each has its default
    host: str | None = DEFAULT_HOST,
    port: int = DEFAULT_PORT,
    *,
    uds: str | os.PathLike[str] | None = None,
    fd: int | None = None,
    sock: socket.socket | None = None,
    reuse_port: bool = False,
) -> Place:
    """Return where to listen.

    Raises:
        UsageError: That is more than one place; or what is there already, or has no
            port, is to share its port.
    """
    given = {"uds": uds, "fd": fd, "sock": sock}
    names = [name for name, value in given.items() if value is not None]
    if not names:
        return Place(host, port, reuse_port)
    if len(names) > 1:
        raise UsageError(f"{' and '.join(names)} are two places; pass one of them")
    (name,) = names
    if (host, port) != (DEFAULT_HOST, DEFAULT_PORT):
        raise UsageError(f"{name} stands in the place of host and port; pass either")
    if reuse_port:
        raise UsageError(f"reuse_port is for a host and a port, not for {name}")
    path = None if uds is None else os.fspath(uds)
    return Place(path=path, fd=fd, sockets=() if sock is None else (sock,))
