"""A client of Redis that is nothing but a socket, for what no application does.

It subscribes, asks for what is no message, and may stop reading.

Source: https://redis.io/docs/latest/develop/reference/protocol-spec/.
"""

from __future__ import annotations

import socket
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

from .brokers import HOST, PATIENCE, BrokerError

if TYPE_CHECKING:
    from typing import Self

_SMALL = 65_536  # bytes that the kernel may keep for a client that does not read


class RawClient:
    """A connection for the length of a ``with`` block.

    Args:
        port: Of the server.
        role: Its name, in the manifest and for the server.
    """

    def __init__(self, port: int, role: str) -> None:
        self._port, self._role = port, role
        self._subscribed: Counter[str] = Counter()
        self._socket = socket.socket()
        self._closed: float | None = None

    def __enter__(self) -> Self:
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL)
        self._socket.settimeout(PATIENCE)
        self._socket.connect((HOST, self._port))
        self._opened, self._local = time.time(), self._socket.getsockname()[1]
        self.ask("CLIENT", "SETNAME", self._role)
        return self

    def __exit__(self, *_: object) -> None:
        self._closed = time.time()
        self._socket.close()

    def subscribe(self, channel: str) -> None:
        """Subscribe, and wait until the server has done so."""
        self._subscribed[channel] += 1
        self.ask("SUBSCRIBE", channel)

    def ask(self, *words: str) -> bytes:
        """Return what comes first after a command.

        Raises:
            BrokerError: The server closed the connection.
        """
        self.tell(*words)
        answer = self._socket.recv(_SMALL)
        if not answer:
            raise BrokerError(f"the server closed the connection of {self._role}")
        return answer

    def tell(self, *words: str) -> None:
        """Say something, whatever comes of it."""
        parts = [
            b"$%d\r\n%b\r\n" % (len(each), each) for each in map(str.encode, words)
        ]
        self._socket.sendall(b"*%d\r\n%b" % (len(parts), b"".join(parts)))

    def read_to_end(self) -> None:
        """Read what was sent until the server closed the connection."""
        try:
            while self._socket.recv(_SMALL):
                pass
        except ConnectionResetError:
            pass

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
            "statuses": [],
            "calls": [],
            "handled": [],
            "published": {},
            "subscribed": self._subscribed,
            "unsubscribed": {},
            "delivered": {},
        }
