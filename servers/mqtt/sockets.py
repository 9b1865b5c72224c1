"""The socket of a client of paho-mqtt, read and written by the event loop.

paho-mqtt leaves that to whoever asks: it says when it has something to write, and reads
one packet each time that it is told to, in three steps. So its socket is a buffer: what
the system has is read at once, and what is written in one turn of the event loop leaves
at once.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from paho.mqtt.client import Client, SocketLike

_AT_ONCE = 256  # packets that are read before others have their turn
_CHUNK = 65_536  # bytes that are read at once
_HIGH = 262_144  # bytes that are kept to be written, before paho-mqtt keeps the rest
_CHECK = 1.0  # seconds between two looks whether the broker is still there


class BufferedSocket:
    """A socket that does not block, with a buffer in either direction.

    Args:
        inner: The socket.
    """

    def __init__(self, inner: SocketLike) -> None:
        self._inner = inner
        self._read = memoryview(b"")
        self._unsent = bytearray()
        # Without it, what is written in two packets waits 40 ms.
        if isinstance(inner, socket.socket) and inner.family != socket.AF_UNIX:
            inner.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    @property
    def unsent(self) -> int:
        """Bytes that are kept to be written."""
        return len(self._unsent)

    def pending(self) -> int:
        """Return how many bytes have been read from the system already."""
        decrypted = getattr(self._inner, "pending", None)
        return len(self._read) or (0 if decrypted is None else int(decrypted()))

    def recv(self, buffersize: int) -> bytes:
        """Return up to so many bytes; none at the end.

        Raises:
            BlockingIOError: There are none yet.
        """
        if not self._read:
            if buffersize >= _CHUNK:
                return self._inner.recv(buffersize)
            self._read = memoryview(self._inner.recv(_CHUNK))
        taken, self._read = self._read[:buffersize], self._read[buffersize:]
        return bytes(taken)

    def send(self, buffer: bytes) -> int:
        """Keep bytes for :meth:`flush`; return how many.

        Raises:
            BlockingIOError: Too many are kept already.
        """
        if len(self._unsent) > _HIGH:
            self.flush()
            if len(self._unsent) > _HIGH:
                raise BlockingIOError
        self._unsent += buffer
        return len(buffer)

    def flush(self) -> None:
        """Write what is kept, as far as the system takes it.

        Raises:
            OSError: The connection is lost.
        """
        with suppress(BlockingIOError):
            while self._unsent:
                del self._unsent[: self._inner.send(self._unsent)]

    def close(self) -> None:
        """Write what is kept, if the system takes it, and close."""
        with suppress(OSError):
            self.flush()
        self._inner.close()

    def fileno(self) -> int:
        """Return its number."""
        return self._inner.fileno()

    def setblocking(self, flag: bool) -> None:  # noqa: FBT001 — as of any socket
        """Set whether it blocks."""
        cast("socket.socket", self._inner).setblocking(flag)


@cache
def client_class() -> type[Client]:
    """Return paho-mqtt's client with a :class:`BufferedSocket`."""
    from paho.mqtt import client  # noqa: PLC0415 — an extra

    class BufferedClient(client.Client):
        def _create_socket(self) -> SocketLike:
            return cast("SocketLike", BufferedSocket(super()._create_socket()))

    return BufferedClient


class Driver:
    """Read and write for a client, until its socket is closed.

    Args:
        client: The client, of :func:`client_class`.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._loop = asyncio.get_running_loop()
        self._socket: BufferedSocket | None = None
        self._number = -1
        self._timer: asyncio.TimerHandle | None = None
        self._soon = False  # whether something is about to be written
        self._slow = False  # whether the broker reads more slowly than is written
        self._relieved: asyncio.Future[None] | None = None
        client.on_socket_register_write = self._want_write
        client.on_socket_unregister_write = lambda *_: None

    def start(self) -> None:
        """Begin, once the client has a socket."""
        self._socket = cast("BufferedSocket", self._client.socket())
        self._number = self._socket.fileno()
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
        if self._number < 0:
            return
        for _ in range(_AT_ONCE):
            self._client.loop_read()
            if self._number < 0 or self._socket is None or not self._socket.pending():
                return
        # What is left was read from the system, which does not say so again.
        self._loop.call_soon(self._read)

    def _want_write(self, *_: object) -> None:
        """Write soon, all that is to be written by then."""
        if self._number >= 0 and not self._soon and not self._slow:
            self._soon = True
            self._loop.call_soon(self._write)

    def _write(self) -> None:
        self._soon = False
        if self._number < 0 or self._socket is None:
            return
        self._client.loop_write()
        if self._number < 0:
            return
        try:
            self._socket.flush()
        except OSError:
            return  # which the next read tells the client
        left = self._client.want_write() or bool(self._socket.unsent)
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
