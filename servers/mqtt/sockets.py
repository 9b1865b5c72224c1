"""The socket of a client of paho-mqtt, read and written by the event loop.

paho-mqtt connects, says goodbye, subscribes and keeps the connection alive. It reads a
packet in three steps and makes six objects of each, which is more than the call itself
costs; so messages, and the steps of their delivery, go past it.

::

    socket ─► PacketReader ─┬─ messages, steps ─► taken
                            └─ the rest ────────► paho-mqtt
    messages ─► write ─► socket ◄─ paho-mqtt's own packets

Messages overtake those packets of paho-mqtt that are not written yet.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from contextlib import suppress
from typing import TYPE_CHECKING, cast

from .packets import MalformedPacketError, PacketReader

if TYPE_CHECKING:
    from collections.abc import Callable

    from paho.mqtt.client import Client, SocketLike

    from .packets import Taken

_CHUNK = 65_536  # bytes that are read at once
_HIGH = 262_144  # bytes that are kept to be written, before paho-mqtt keeps the rest
_CHECK = 1.0  # seconds between two looks whether the broker is still there

NOT_YET = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
"""What a socket that does not block raises when it would."""


class BufferedSocket:
    """A socket that does not block, with a buffer in either direction.

    What its owner reads it passes on with :meth:`feed`, and paho-mqtt receives that.

    Args:
        inner: The socket.
    """

    def __init__(self, inner: SocketLike) -> None:
        self._inner = inner
        self._fed = memoryview(b"")
        self._end: OSError | None = None
        self._unsent = bytearray()
        # Without it, what is written in two packets waits 40 ms.
        if isinstance(inner, socket.socket) and inner.family != socket.AF_UNIX:
            inner.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    @property
    def unsent(self) -> int:
        """Bytes that are kept to be written."""
        return len(self._unsent)

    @property
    def fed(self) -> int:
        """Bytes that are kept to be received."""
        return len(self._fed)

    def decrypted(self) -> bool:
        """Whether there is more to read, which the system does not know of: by TLS."""
        pending = getattr(self._inner, "pending", None)
        return pending is not None and bool(pending())

    def read(self) -> bytes | None:
        """Return what has come; None for nothing yet, no bytes for the end.

        Raises:
            OSError: The connection is lost.
        """
        try:
            return self._inner.recv(_CHUNK)
        except NOT_YET:
            return None

    def feed(self, data: bytes) -> None:
        """Let bytes be received."""
        self._fed = memoryview(bytes(self._fed) + data if self._fed else data)

    def feed_end(self, error: OSError) -> None:
        """Let the end be received, once all bytes are."""
        self._end = error

    def recv(self, buffersize: int) -> bytes:
        """Return up to so many bytes.

        Raises:
            BlockingIOError: There are none yet.
            OSError: There will be none.
        """
        if not self._fed:
            raise self._end or BlockingIOError
        taken, self._fed = self._fed[:buffersize], self._fed[buffersize:]
        return bytes(taken)

    def send(self, buffer: bytes) -> int:
        """Keep bytes for :meth:`flush`; return how many.

        Raises:
            BlockingIOError: Too many are kept already.
        """
        if self.unsent > _HIGH:
            self.flush()
            if self.unsent > _HIGH:
                raise BlockingIOError
        self._unsent += buffer
        return len(buffer)

    def keep(self, packets: bytes) -> None:
        """Keep whole packets for :meth:`flush`, however many are kept already."""
        self._unsent += packets

    def flush(self) -> None:
        """Write what is kept, as far as the system takes it.

        Raises:
            OSError: The connection is lost.
        """
        with suppress(*NOT_YET):
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


def client_class(
    wrap: Callable[[SocketLike], BufferedSocket] | None = None,
) -> type[Client]:
    """Return paho-mqtt's client with a :class:`BufferedSocket`, or what is made of one.

    Args:
        wrap: Makes it of a socket that is connected; what it raises, connecting does.
    """
    made = wrap or BufferedSocket
    from paho.mqtt import client  # noqa: PLC0415 — an extra

    class BufferedClient(client.Client):
        def _create_socket(self) -> SocketLike:
            return cast("SocketLike", made(super()._create_socket()))

    return BufferedClient


# decision 142
class Driver:
    """Read and write for a client, until its socket is closed.

    Args:
        client: The client, of :func:`client_class`.
        taken: Called with the messages, and the steps of their delivery, that come.
        newest: Whether the broker speaks version 5.
    """

    def __init__(
        self, client: Client, taken: Callable[[list[Taken]], None], *, newest: bool
    ) -> None:
        self._client = client
        self._taken = taken
        self._packets = PacketReader(newest=newest)
        self._loop = asyncio.get_running_loop()
        self._socket: BufferedSocket | None = None
        self._cause: Exception | None = None
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

    @property
    def cause(self) -> Exception | None:
        """What has ended the connection, which paho-mqtt does not say."""
        return self._cause

    async def drained(self) -> None:
        """Wait until all is written, or the socket is closed."""
        while self._number >= 0 and (self._soon or self._slow):
            if self._relieved is None:
                self._relieved = self._loop.create_future()
            await asyncio.shield(self._relieved)

    def write(self, packets: bytes) -> None:
        """Write whole packets soon; nothing once the socket is closed."""
        if self._number >= 0 and self._socket is not None:
            self._socket.keep(packets)
            self._want_write()

    def _read(self) -> None:
        if self._number < 0 or self._socket is None:
            return
        try:
            data = self._socket.read()
            if data is None:
                return
            taken, rest = self._packets.receive(data)
        except (OSError, MalformedPacketError) as error:
            self._end(error)
            return
        if not data:
            self._end(ConnectionResetError("the broker has closed the connection"))
            return
        if taken:
            self._taken(taken)
        if rest:
            self._pass_on(rest)
        if self._number >= 0 and self._socket.decrypted():
            self._loop.call_soon(self._read)

    def _pass_on(self, rest: bytes) -> None:
        """Let paho-mqtt read the packets that are its own."""
        assert self._socket is not None
        self._socket.feed(rest)
        while self._number >= 0 and self._socket.fed:
            self._client.loop_read()

    def _end(self, error: Exception) -> None:
        """Let paho-mqtt read the end, which makes it close the socket."""
        assert self._socket is not None
        self._cause = error
        self._socket.feed_end(
            error if isinstance(error, OSError) else OSError(*error.args)
        )
        self._client.loop_read()

    def _want_write(self, *_: object) -> None:
        """Write soon, all that is to be written by then."""
        if self._number >= 0 and not self._soon and not self._slow:
            self._soon = True
            self._loop.call_soon(self._write)

    def _write(self) -> None:
        self._soon = False
        if self._number < 0 or self._socket is None:
            return
        if self._client.want_write():
            self._client.loop_write()
            if self._number < 0:
                return
        try:
            self._socket.flush()
        except OSError:
            self._loop.call_soon(self._read)  # which says so
            return
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
        # uvloop watches a socket no more, once the system has told of an error and of
        # bytes at the same time: whoever reads the bytes alone hears of no end.
        self._read()
        self._client.loop_misc()
        if self._number >= 0:
            self._timer = self._loop.call_later(_CHECK, self._check)

    def _closed(self, *_: object) -> None:
        self.stop()
