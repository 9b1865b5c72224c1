"""A client of NATS that is nothing but a socket, for what no application does.

It subscribes, publishes, asks, and may stop reading; what it published and what was
delivered to it, it counts as the applications do.

Source: https://docs.nats.io/reference/reference-protocols/nats-protocol.
"""

from __future__ import annotations

import json
import secrets
from collections import Counter
from contextlib import suppress
from typing import Any

from .brokers import BrokerError
from .raw_socket import RawSocket


class RawClient(RawSocket):
    """A connection for the length of a ``with`` block.

    Raises:
        BrokerError: The server closed the connection, or answered no ping.
    """

    def __init__(self, port: int, role: str) -> None:
        super().__init__(port, role)
        self._counts = {
            each: Counter[str]() for each in ("published", "subscribed", "delivered")
        }
        self._subscriptions = 0
        self._pongs = 0
        self._errors: list[str] = []

    def __exit__(self, *_: object) -> None:
        super().__exit__()
        self._file.close()  # with which the socket is closed as well

    def subscribe(self, subject: str) -> None:
        """Subscribe, and wait until the server has done so."""
        self._subscriptions += 1
        self._write(f"SUB {subject} {self._subscriptions}\r\n".encode())
        self._counts["subscribed"][_name(subject)] += 1
        self.flush()

    def publish(self, subject: str, data: bytes, reply: str = "") -> None:
        """Publish a message."""
        words = f"PUB {subject} {reply} {len(data)}\r\n".replace("  ", " ")
        self._write(words.encode() + data + b"\r\n")
        self._counts["published"][_name(subject)] += 1

    def ask(self, subject: str, data: bytes) -> bytes:
        """Return the answer to a message."""
        inbox = f"_INBOX.{secrets.token_hex(11)}"
        self.subscribe(inbox)
        self.publish(subject, data, inbox)
        while True:
            if (answer := self.read()) is not None:
                return answer

    def flush(self) -> None:
        """Return when the server has done all it was told."""
        self._write(b"PING\r\n")
        before = self._pongs
        while self._pongs == before:
            self.read()

    def read(self) -> bytes | None:
        """Return the next message, or None for anything else that the server says."""
        line = self._read_line()
        words = line.split()
        if words[0] == b"MSG":
            return self._read_payload(words)
        if words[0] == b"PING":
            self._write(b"PONG\r\n")
        elif words[0] == b"PONG":
            self._pongs += 1
        elif words[0] == b"-ERR":
            self._errors.append(line.decode().strip())
        return None

    def read_to_end(self) -> None:
        """Read what was sent until the server closed the connection."""
        with suppress(BrokerError, ConnectionResetError):
            while True:
                self.read()

    def ledger(self) -> dict[str, Any]:
        """Return what it counted, as an application writes it."""
        return {
            **super().ledger(),
            "statuses": [{"at": self._closed, "status": each} for each in self._errors],
            "calls": [],
            "handled": [],
            "unsubscribed": {},
            **self._counts,
        }

    def _introduce(self) -> None:
        self._file = self._socket.makefile("rb")
        self._read_line()
        about = {"verbose": False, "pedantic": False, "name": self._role}
        about |= {"lang": "python", "headers": True, "no_responders": True}
        self._write(f"CONNECT {json.dumps(about)}\r\n".encode())
        self.flush()

    def _write(self, data: bytes) -> None:
        self._socket.sendall(data)

    def _read_payload(self, words: list[bytes]) -> bytes:
        size = int(words[-1]) + len(b"\r\n")
        if len(data := self._file.read(size)) < size:
            raise BrokerError(f"the server closed the connection of {self._role}")
        self._counts["delivered"][_name(words[1].decode())] += 1
        return data[:-2]

    def _read_line(self) -> bytes:
        line = b""
        with suppress(ConnectionResetError):  # it did so before all was read
            line = self._file.readline()
        if not line:
            raise BrokerError(f"the server closed the connection of {self._role}")
        return line


def _name(subject: str) -> str:
    """Return the name under which a subject is counted: inboxes have one for all."""
    return "_INBOX" if subject.startswith("_INBOX.") else subject
