"""Sockets that are bound to a place, and the file that a Unix socket has there.

A file that was left by a server that is gone is replaced; one that a server listens
at is not, nor is anything that is no socket.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import stat
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from servers.errors import ListenError, UsageError
from servers.sockets import LAST_PORT, UNIX

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from .places import Place

BACKLOG = 1024
"""Connections that may wait to be accepted; Linux allows 4,096 (``somaxconn``)."""

_Address: TypeAlias = tuple[int | str, ...]
_TRIES = 10  # to find a port that is free at every address
_ABSENT = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}


class _PortTakenError(OSError):
    """A port that is free at one address is not at another."""


class Bound:
    """Sockets that are bound, and the files that are theirs.

    Attributes:
        sockets: One for each address; they listen only if they are Unix sockets.
    """

    def __init__(
        self, sockets: Iterable[socket.socket], path: str | None = None
    ) -> None:
        self.sockets = list(sockets)
        # The working directory may be another one at the end.
        found = None if path is None else str(Path(path).absolute())
        self._file = None if found is None else (found, _identity(found))

    def twins(self) -> list[socket.socket]:
        """Return more sockets at the same ports, which ``reuse_port`` allows.

        Raises:
            OSError: The ports are not shared.
        """
        return [
            _bound(each.family, each.getsockname(), reuse_port=True)
            for each in self.sockets
        ]

    def release(self) -> None:
        """Close the sockets; other processes may have them."""
        _close(self.sockets)

    def close(self) -> None:
        """Close the sockets, and remove the file, unless another has replaced it."""
        self.release()
        if self._file is not None:
            path, identity = self._file
            with suppress(OSError):
                if _identity(path) == identity:
                    Path(path).unlink()


def bind(place: Place) -> Bound:
    """Return sockets that are bound to a place.

    Raises:
        ListenError: The address is in use, does not resolve, or is not ours; or what
            is at the path or the file descriptor is no socket to listen at.
    """
    try:
        if place.path is not None:
            return Bound([_at_path(place.path)], place.path)
        if place.fd is not None:
            return Bound([_inherited(place.fd)])
        return Bound(place.sockets or _at_port(place))
    except (OSError, ValueError) as error:  # UnicodeError is a ValueError
        raise unlistenable(place, error) from error


def acceptor(bound: socket.socket) -> Callable[..., Awaitable[asyncio.Server]]:
    """Return the method of the running loop that accepts connections of a socket."""
    loop = asyncio.get_running_loop()
    if bound.family != UNIX:
        return loop.create_server
    # The file is ours to remove: other processes may listen at the socket as well.
    keep: dict[str, Any] = (
        {"cleanup_socket": False} if sys.version_info >= (3, 13) else {}
    )
    return partial(loop.create_unix_server, **keep)


def unlistenable(place: Place, error: OSError | ValueError) -> ListenError:
    """Return the error that says why nothing can listen there."""
    if isinstance(error, OSError):
        reason = error.strerror or str(error)
    elif place.path is not None:
        reason = str(error)  # embedded null byte
    else:
        reason = "no name of a host"
    return ListenError(f"cannot listen on {place}: {reason}")


def _at_port(place: Place) -> list[socket.socket]:
    """Return a socket for each address of the host, all with the same port."""
    if not 0 <= place.port <= LAST_PORT:
        raise OSError(errno.EINVAL, "no such port")
    addresses = _resolved(place)
    for _ in range(_TRIES):
        with suppress(_PortTakenError):
            return _at_addresses(addresses, place)
    return _at_addresses(addresses, place)


def _resolved(place: Place) -> dict[tuple[int, _Address], None]:
    """Return family and address of each address of the host, in their order."""
    found = socket.getaddrinfo(
        place.host or None,
        place.port,
        type=socket.SOCK_STREAM,
        flags=socket.AI_PASSIVE,
    )
    # An address is bytes where Python has no IPv6; then bind refuses it.
    return dict.fromkeys((each[0], cast("_Address", each[4])) for each in found)


def _at_addresses(
    addresses: Iterable[tuple[int, _Address]], place: Place
) -> list[socket.socket]:
    """Return a socket for each address.

    Addresses that this machine does not have are passed over if it has another: in
    a container ``localhost`` may be ::1, too, where there is no IPv6.

    Raises:
        _PortTakenError: The free port of the first is not free for another.
    """
    sockets, absent, port = list[socket.socket](), list[OSError](), place.port
    for family, (host, _, *rest) in addresses:
        try:
            made = _bound(family, (host, port, *rest), reuse_port=place.reuse_port)
        except OSError as error:
            if error.errno in _ABSENT:
                absent.append(error)
                continue
            _close(sockets)
            if sockets and not place.port and error.errno == errno.EADDRINUSE:
                raise _PortTakenError(*error.args) from error
            raise
        sockets.append(made)
        port = made.getsockname()[1]
    if not sockets:
        raise absent[0]
    return sockets


def _bound(family: int, address: _Address, *, reuse_port: bool) -> socket.socket:
    """Return a socket with the options that asyncio gives to its own."""
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # on Windows it lets others steal the port
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if reuse_port:
            _share_port(made)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind(address)
    except BaseException:
        made.close()
        raise
    return made


def _share_port(made: socket.socket) -> None:
    if not hasattr(socket, "SO_REUSEPORT"):
        raise UsageError("reuse_port is not possible on this system")
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)


def _inherited(fd: int) -> socket.socket:
    made = socket.socket(fileno=fd)
    if made.type != socket.SOCK_STREAM:
        made.detach()  # it is not ours to close
        raise OSError(errno.EINVAL, "no stream socket")
    return made


def _at_path(path: str) -> socket.socket:
    """Return a Unix socket that listens, so that nobody takes its file for a stale one.

    Its permissions are what the umask leaves.
    """
    if UNIX is None:
        raise UsageError("this system has no Unix sockets")
    made = socket.socket(UNIX, socket.SOCK_STREAM)
    try:
        _remove_stale(path)
        made.bind(path)
        made.listen(BACKLOG)
    except BaseException:
        made.close()
        raise
    return made


def _remove_stale(path: str) -> None:
    """Remove the file of a Unix socket that nobody listens at."""
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise OSError(errno.EEXIST, "there is a file that is no socket")
    if _listened_at(path):
        raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))
    Path(path).unlink(missing_ok=True)


def _listened_at(path: str) -> bool:
    """Whether a connection is possible; one that has to wait is, too."""
    assert UNIX is not None
    with socket.socket(UNIX, socket.SOCK_STREAM) as asking:
        asking.settimeout(0)
        return asking.connect_ex(path) != errno.ECONNREFUSED


def _identity(path: str) -> tuple[int, int]:
    status = os.lstat(path)
    return status.st_dev, status.st_ino


def _close(sockets: Iterable[socket.socket]) -> None:
    for each in sockets:
        each.close()
