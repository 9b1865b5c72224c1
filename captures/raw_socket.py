"""A client of a broker that is nothing but a socket, for what no application does."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING, Any

from .brokers import HOST, PATIENCE

if TYPE_CHECKING:
    from typing import Self

SMALL = 65_536  # bytes that the kernel may keep for a client that does not read


class RawSocket:
    """A connection for the length of a ``with`` block.

    Args:
        port: Of the broker.
        role: Its name, in the manifest and for the broker.
    """

    def __init__(self, port: int, role: str) -> None:
        self._port, self._role = port, role
        self._socket = socket.socket()
        self._closed: float | None = None

    def __enter__(self) -> Self:
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        self._socket.settimeout(PATIENCE)
        self._socket.connect((HOST, self._port))
        self._opened, self._local = time.time(), self._socket.getsockname()[1]
        try:
            self._introduce()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._closed = time.time()
        self._socket.close()

    def ledger(self) -> dict[str, Any]:
        """Return what it counted, as an application writes it."""
        connection = {
            "local": self._local,
            "broker": self._port,
            "opened": self._opened,
            "closed": self._closed,
        }
        return {
            "role": self._role,
            "program": "raw",
            "broker": f"{HOST}:{self._port}",
            "queue": None,
            "connections": [connection],
        }

    def _introduce(self) -> None:
        """Say what a client says first."""
        raise NotImplementedError
