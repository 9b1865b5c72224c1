"""A client of Redis that is nothing but a socket, for what no application does.

It subscribes, asks for what is no message, and may stop reading.

Source: https://redis.io/docs/latest/develop/reference/protocol-spec/.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from .brokers import BrokerError
from .raw_socket import SMALL, RawSocket


class RawClient(RawSocket):
    """A connection for the length of a ``with`` block."""

    def __init__(self, port: int, role: str) -> None:
        super().__init__(port, role)
        self._subscribed: Counter[str] = Counter()

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
        answer = self._socket.recv(SMALL)
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
            while self._socket.recv(SMALL):
                pass
        except ConnectionResetError:
            pass

    def ledger(self) -> dict[str, Any]:
        """Return what it counted, as an application writes it."""
        return {
            **super().ledger(),
            "statuses": [],
            "calls": [],
            "handled": [],
            "published": {},
            "subscribed": self._subscribed,
            "unsubscribed": {},
            "delivered": {},
        }

    def _introduce(self) -> None:
        self.ask("CLIENT", "SETNAME", self._role)
