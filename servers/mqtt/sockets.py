"""The socket of a client of paho-mqtt, read and written by the event loop.

paho-mqtt leaves that to whoever asks: it says when it has something to write, and reads
one packet each time that it is told to.
"""

from __future__ import annotations

import asyncio
import select
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from paho.mqtt.client import Client, SocketLike

_AT_ONCE = 256  # packets that are read before others have their turn
_CHECK = 1.0  # seconds between two looks whether the broker is still there


class Driver:
    """Read and write for a client, until its socket is closed.

    Args:
        client: The client.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._loop = asyncio.get_running_loop()
        self._socket: SocketLike | None = None
        self._number = -1
        self._poll = select.poll()
        self._timer: asyncio.TimerHandle | None = None
        self._soon = False  # whether something is about to be written
        self._slow = False  # whether the broker reads more slowly than is written
        self._relieved: asyncio.Future[None] | None = None
        client.on_socket_register_write = self._want_write
        client.on_socket_unregister_write = lambda *_: None

    def start(self) -> None:
        """Begin, once the client has a socket."""
        self._socket = found = self._client.socket()
        assert found is not None
        self._number = found.fileno()
        # paho-mqtt does not; what is written in two packets waits 40 ms without it.
        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # type: ignore[attr-defined]
        self._poll.register(self._number, select.POLLIN)
        self._loop.add_reader(self._number, self._read)
        self._client.on_socket_close = self._closed
        self._check()
        self._write()

    def stop(self) -> None:
        """End: the socket is closed, or about to be."""
        number, self._number = self._number, -1
        if number < 0:
            return
        self._loop.remove_reader(number)
        self._loop.remove_writer(number)
        if self._timer is not None:
            self._timer.cancel()
        self._relieve()

    @property
    def slow(self) -> bool:
        """Whether the broker reads more slowly than is written."""
        return self._slow

    async def drained(self) -> None:
        """Wait until all is written, or the socket is closed."""
        while self._number >= 0 and (self._soon or self._slow):
            if self._relieved is None:
                self._relieved = self._loop.create_future()
            await asyncio.shield(self._relieved)

    def _read(self) -> None:
        for _ in range(_AT_ONCE):
            self._client.loop_read()
            if self._number < 0 or not (self._decrypted() or self._poll.poll(0)):
                return

    def _decrypted(self) -> int:
        """Return how many bytes TLS has read already."""
        pending = getattr(self._socket, "pending", None)
        return 0 if pending is None else int(pending())

    def _want_write(self, *_: object) -> None:
        """Write soon, all that is to be written by then."""
        if self._number >= 0 and not self._soon and not self._slow:
            self._soon = True
            self._loop.call_soon(self._write)

    def _write(self) -> None:
        self._soon = False
        if self._number < 0:
            return
        self._client.loop_write()
        if self._number < 0:
            return
        left = self._client.want_write()
        if left and not self._slow:
            self._loop.add_writer(self._number, self._write)
        elif not left:
            if self._slow:
                self._loop.remove_writer(self._number)
            self._relieve()
        self._slow = left

    def _relieve(self) -> None:
        relieved, self._relieved = self._relieved, None
        if relieved is not None and not relieved.done():
            relieved.set_result(None)

    def _check(self) -> None:
        self._client.loop_misc()
        if self._number >= 0:
            self._timer = self._loop.call_later(_CHECK, self._check)

    def _closed(self, *_: object) -> None:
        self.stop()
