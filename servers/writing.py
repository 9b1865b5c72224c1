"""The half of a connection that writes: the bodies of packets to bytes, up to FIN.

Frames sent while a read is being handled, or in one turn of the event loop, leave in
one write, or in a few if there are many. A client's call after one that was alone
leaves at once.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from protocol import encode_frame, encode_frames

from .errors import ServersError
from .tls import close_half

if TYPE_CHECKING:
    from .hooks import Hooks, Side
    from .limits import Budget, Limits

# As much is written before the end of a turn: if more waited, the peer would be idle
# when it could be at work; with less, small frames would cost a write each.
_BATCH_SIZE = 64 * 1024  # bytes
# decision 77
BATCH_FRAMES = 32


class LimitError(ServersError):
    """The peer made us buffer more, or wait longer, than the limits allow."""


class Shared(NamedTuple):
    """What the connections of one server, or of one client, have in common.

    Attributes:
        limits: How much a peer may make us buffer, and how long wait.
        hooks: Callbacks for connections, bytes and calls; None for no callbacks.
        budget: Bytes of unfinished frames, over all connections.
    """

    limits: Limits
    hooks: Hooks | None
    budget: Budget


class WritingHalf(asyncio.Protocol):
    """What is sent on a connection, and how that is closed.

    Args:
        shared: What the connections of one server, or of one client, have in common.

    Attributes:
        limits: How much the peer may make us buffer, and how long wait.
        hooks: Callbacks for connections, bytes and calls; None for no callbacks.
        closed: Whether the connection is gone.
        write_paused: Whether the peer reads more slowly than we write.
        batch: The most frames that wait for the end of a turn.
        last_write: When the peer last read what waited for it, on the event loop's
            clock.
    """

    # decision 78: an object with more than 30 attributes of its own is slower without
    __slots__ = (
        "_change",
        "_closing",
        "_ending",
        "_flushing",
        "_loop",
        "_muted",
        "_out",
        "_out_size",
        "_reading",
        "_transport",
        "batch",
        "closed",
        "hooks",
        "last_write",
        "limits",
        "write_paused",
    )
    side: ClassVar[Side]
    _transport: asyncio.Transport

    def __init__(self, shared: Shared) -> None:
        self.limits = shared.limits
        self.hooks = shared.hooks
        self.batch = BATCH_FRAMES
        self.last_write = 0.0
        self.closed = False
        self.write_paused = False
        self._loop = asyncio.get_running_loop()
        self._out: list[bytes] = []  # bodies
        self._out_size = 0
        self._reading = False  # whether frames of one read are being handled
        self._flushing = False  # whether a flush is due after this read or turn
        self._muted = False  # whether what is sent is dropped
        self._closing = False  # whether what arrives is dropped
        self._ending: asyncio.TimerHandle | None = None
        self._change: asyncio.Future[None] | None = None

    # What a subclass does.

    def read_on(self) -> None:
        """Drop what has arrived, and read, whatever held that until now."""
        raise NotImplementedError

    def drop(self, reason: str) -> None:
        """Abort, since the peer cannot be trusted to answer a FIN."""
        raise NotImplementedError

    def pause_writing(self) -> None:
        """Note that more than ``write_high`` bytes wait to be read by the peer."""
        self.write_paused = True
        self.last_write = self._loop.time()

    def resume_writing(self) -> None:
        """Note that the peer has read most of what waited."""
        self.write_paused = False
        self.last_write = self._loop.time()
        self._wake()

    def send(self, body: bytes) -> None:
        """Write a packet in a frame, together with the others of this turn.

        Args:
            body: JSON text in UTF-8.
        """
        out = self._out
        out.append(body)
        self._out_size = size = self._out_size + len(body)
        if size >= _BATCH_SIZE or len(out) >= self.batch:
            self.flush()
        elif not self._flushing:
            self._flushing = True
            self._loop.call_soon(self.flush)

    def flush(self) -> None:
        """Write what waits for the end of the read or the turn now."""
        self._flushing = self._reading
        if not self._out:
            return
        self.batch = max(self.batch, BATCH_FRAMES)
        packets = len(self._out)
        data = encode_frame(self._out[0]) if packets == 1 else encode_frames(self._out)
        self._out.clear()
        self._out_size = 0
        if self._muted or self.closed:
            return
        self._transport.write(data)
        if self.hooks is not None:
            self.hooks.packets_sent(self.side, packets)
            self.hooks.bytes_sent(self.side, len(data))
        if self.write_paused:
            self._check_write_buffer()

    async def drained(self) -> None:
        """Wait until the peer has caught up, or the connection is gone."""
        while self.write_paused and not self.closed:
            await asyncio.shield(self._waking())

    # decision 96: A connection is closed half first, and read on
    def close(self, until: float = 0.0) -> None:
        """Close our half once everything is written, and the rest when the peer does.

        What the peer sends meanwhile is read and dropped. A socket that is closed with
        bytes that nobody has read sends RST, and the kernel throws away what it has not
        sent yet (RFC 1122, section 4.2.2.13).

        Args:
            until: Up to when a peer that is still reading may go on, on the event
                loop's clock. Without bytes to write, ``limits.closing`` is enough.
        """
        self.flush()
        if self.closed or self._closing:
            return
        self._closing = True
        self.read_on()
        if not self._transport.is_closing():
            self._close_half()
            self._abort_later(until)

    async def wait_closed(self) -> None:
        """Wait until the connection is gone."""
        while not self.closed:
            await asyncio.shield(self._waking())

    def abort(self) -> None:
        """Close at once; what waits to be written is discarded."""
        self._out.clear()
        if not self.closed:
            self._transport.abort()

    def _close_half(self) -> None:
        """Write nothing more; the peer may do so."""
        if self._transport.can_write_eof():
            # A peer that has just reset the connection is known to the kernel alone.
            with suppress(OSError):
                self._transport.write_eof()
        else:
            close_half(self._transport)

    def _abort_later(self, until: float = 0.0) -> None:
        """Abort unless the peer closes its half in time, or reads on until then."""
        if self._ending is None and not self.closed:
            self._ending = self._loop.call_later(
                self.limits.closing, self._abort_unread, until
            )

    def _abort_unread(self, until: float) -> None:
        self._ending = None
        if self._loop.time() < until and self._transport.get_write_buffer_size():
            self._abort_later(until)
        else:
            self.abort()

    def _check_write_buffer(self) -> None:
        waiting = self._transport.get_write_buffer_size()
        if self.limits.write_buffer and waiting > self.limits.write_buffer:
            self.drop(f"{waiting:,} bytes wait to be read")

    def _waking(self) -> asyncio.Future[None]:
        """Return a future that is done at the next change of the connection."""
        if self._change is None:
            self._change = self._loop.create_future()
        return self._change

    def _wake(self) -> None:
        if self._change is not None:
            self._change.set_result(None)
            self._change = None
