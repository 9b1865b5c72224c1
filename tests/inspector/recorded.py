"""What an inspection gives of what was recorded over NATS, or a server says right now.

A :class:`Dialogue` writes down what a client and a real nats-server say, as packets of
a capture: what it asserts are the words of the server, and no capture needs rights.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from captures.brokers import HOST
from inspector.sources.files import read_capture
from protocol import dumps
from tests.inspector.conversation import CLIENT, SERVER, inspected
from tests.inspector.nats_evidence import FOLDER
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from typing import Self

    from tests.inspector.conversation import Inspected, Wire

_CONNECT = {"verbose": False, "pedantic": False, "lang": "python", "headers": True}


def recorded(name: str) -> Inspected:
    """Inspect one of the captures over NATS."""
    return inspected(read_capture(str(FOLDER / name)))


class Dialogue:
    """A client of a real nats-server, for the length of a ``with`` block.

    Args:
        wire: The capture that it is written to.
        port: Of the server.
        options: What it says in CONNECT besides, such as ``user``.
    """

    def __init__(self, wire: Wire, port: int, **options: object) -> None:
        self._wire, self._port, self._options = wire, port, options

    def __enter__(self) -> Self:
        self._socket = socket.create_connection((HOST, self._port), PATIENCE)
        client = f"{HOST}:{self._socket.getsockname()[1]}"
        self._line = self._wire.connect(client=client, server=f"{HOST}:{self._port}")
        self.hear(b"\r\n")
        about = _CONNECT | {"no_responders": True} | self._options
        return self.say(b"CONNECT %b\r\n" % dumps(about))

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def say(self, data: bytes) -> Self:
        """Write bytes to the server."""
        self._line.send(CLIENT, data)
        self._socket.sendall(data)
        return self

    def hear(self, until: bytes) -> Self:
        """Read what the server says until some bytes of it have come."""
        heard = b""
        while until not in heard:
            more = self._socket.recv(65_536)
            assert more, f"the server closed the connection after {heard!r}"
            heard += more
        self._line.send(SERVER, heard)
        return self

    def end(self) -> Self:
        """Read what the server says until it closes the connection."""
        heard = b""
        while more := self._socket.recv(65_536):
            heard += more
        if heard:
            self._line.send(SERVER, heard)
        self._line.finish(SERVER).finish(CLIENT)
        return self

    def flush(self) -> Self:
        """Return when the server has done all that it was told."""
        return self.say(b"PING\r\n").hear(b"PONG\r\n")
