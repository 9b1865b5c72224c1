"""The socket to a broker: messages go past aiormq, everything else through it.

aiormq shakes hands, keeps the connection alive, declares and consumes. It makes three
objects, two waits and a task of each delivery, and as much of each message that is
published, which is more than the call itself costs; so those go the short way.

::

    socket ─► FrameReader ─┬─ messages, confirms ─► taken
                           └─ the rest ──────────► aiormq
    messages ─► write ─► socket ◄─ aiormq's own frames
"""

from __future__ import annotations

import asyncio
from struct import error as StructError  # noqa: N812 — an exception
from typing import TYPE_CHECKING, Any

from servers.sockets import abort_elsewhere

from .frames import HEARTBEAT, FrameReader

if TYPE_CHECKING:
    from collections.abc import Callable

    from yarl import URL

    from .frames import Taken

CHANNEL = 1
"""The number of the only channel of a connection."""
_BEAT = 10.0  # seconds; less than any heartbeat that a broker would ask for in earnest


# decision 142: Messages of RabbitMQ go past the library
class Passage(asyncio.StreamReaderProtocol):
    """The protocol of a connection, whose streams aiormq reads and writes.

    Args:
        taken: Called with the messages and confirms that have come.
    """

    def __init__(self, taken: Callable[[list[Taken]], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._reader = asyncio.StreamReader(loop=self._loop)
        super().__init__(self._reader, loop=self._loop)
        self._taken = taken
        self._frames = FrameReader(CHANNEL)
        self._passed = 0.0  # when aiormq last got something
        self._beating: asyncio.TimerHandle | None = None
        self._transport: asyncio.Transport | None = None

    async def create(
        self,
        url: URL,
        **given: Any,  # noqa: ANN401 — as aiormq passes them
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect: aiormq's interface of a transport factory.

        Raises:
            OSError: Nobody listens there, or it has another certificate.
        """
        provider = given.pop("ssl_context_provider")
        context = await provider.get_context() if url.scheme == "amqps" else None
        host, port = url.host or "", url.port or 0
        transport, _ = await self._loop.create_connection(
            lambda: self, host, port, ssl=context, **given
        )
        self._transport = transport
        writer = asyncio.StreamWriter(transport, self, self._reader, self._loop)
        return self._reader, writer

    def data_received(self, data: bytes) -> None:
        """Divide what has come."""
        try:
            taken, rest = self._frames.receive(data)
        except (IndexError, StructError):
            self.abort()
            return
        if rest:
            self._pass_on(rest)
        elif taken and self._loop.time() - self._passed > _BEAT:
            # What aiormq does not see must not make it think that the broker is stuck.
            self._pass_on(HEARTBEAT)
        if taken:
            self._taken(taken)

    def write(self, frames: bytes) -> None:
        """Write whole frames."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(frames)

    async def drained(self) -> None:
        """Wait until the broker has caught up.

        Raises:
            ConnectionError: The connection is lost.
        """
        await self._drain_helper()  # type: ignore[attr-defined]

    def hold(self) -> None:
        """Read nothing until :meth:`resume`: too much waits here already."""
        if self._transport is not None and self._beating is None:
            self._transport.pause_reading()
            self._beat()

    def resume(self) -> None:
        """Read on."""
        if self._beating is not None and self._transport is not None:
            self._beating.cancel()
            self._beating = None
            self._transport.resume_reading()

    def abort(self) -> None:
        """End the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    def abandon(self) -> None:
        """End the connection, though its event loop does not run."""
        if self._transport is not None:
            abort_elsewhere(self._transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Note the end."""
        if self._beating is not None:
            self._beating.cancel()
        super().connection_lost(exc)

    def _beat(self) -> None:
        self._pass_on(HEARTBEAT)
        self._beating = self._loop.call_later(_BEAT, self._beat)

    def _pass_on(self, frames: bytes) -> None:
        self._passed = self._loop.time()
        super().data_received(frames)
