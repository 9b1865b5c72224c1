"""One connection: bytes in, frames out; frames in, bytes out.

::

    data_received ─► FrameDecoder ─┬► bodies_received(bodies)     short frames, many
                                   └► frame_received(frame)       any other, one by one
    send(frame) ─► [ out ] ─► flush ─► transport.write            one write for many

Frames that are sent while a read is being handled, or in one turn of the loop, leave
in one write, or in a few if they are many. Reading can be held for several reasons at
once; it goes on when the last of them is gone.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar, NamedTuple, cast

from protocol import DecodeError, Frame, FrameDecoder, encode_frame, whole_body

from .errors import ServersError

if TYPE_CHECKING:
    from .hooks import Hooks, Side
    from .limits import Budget, Limits

# What waits for the end of a turn at most: with more, the other side is idle for all of
# our turn, when it could be at work; with less, small frames cost a write each.
_BATCH_SIZE = 64 * 1024  # bytes
BATCH_FRAMES = 32


LAST_PORT = 65_535
"""The highest TCP port (RFC 9293, section 3.1)."""

# Why reading is held.
WRITING = 1  # the peer does not take what we write
IN_FLIGHT = 2  # as many messages as allowed are being handled
STOPPING = 4  # nothing new is begun
READER = 8  # nobody takes the values that came
TURN = 16  # others have waited long enough


class LimitError(ServersError):
    """The peer made us hold more, or wait longer, than the limits allow."""


class Shared(NamedTuple):
    """What the connections of one server, or of one client, have in common.

    Attributes:
        limits: What a peer may make us hold and wait for.
        hooks: Who is told of connections, bytes and calls.
        budget: Bytes of unfinished frames, over all connections.
    """

    limits: Limits
    hooks: Hooks | None
    budget: Budget


class Channel(asyncio.Protocol):
    """Frames over an asyncio transport.

    Attributes:
        limits: What the peer may make us hold and wait for.
        hooks: Who is told of what happens.
        peer: ``host:port`` of the other side, or what the transport calls it.
        turn: Frames that are handled before others get their turn.
        batch: Frames that wait for the end of a turn at most.
        last_read: When bytes last came, on the loop's clock.
        last_write: When the peer last took what waited for it.
    """

    side: ClassVar[Side]
    turn: ClassVar[int] = 256

    def __init__(self, shared: Shared) -> None:
        self.limits = limits = shared.limits
        self.hooks = shared.hooks
        self.peer = ""
        self.batch = BATCH_FRAMES
        self.last_read = self.last_write = 0.0
        self.closed = False
        self.write_paused = False
        self._budget = shared.budget
        self._loop = asyncio.get_running_loop()
        self._decoder = FrameDecoder(max_units=limits.buffered, max_length=limits.frame)
        self._bodies: list[bytes] = []  # cut already, but reading was held
        self._buffered = 0  # bytes of ours in the budget
        self._out: list[bytes] = []
        self._out_size = 0
        self._reading = False  # whether frames of one read are being handled
        self._flushing = False  # whether a flush is due at the end of this turn
        self._held = 0
        self._muted = False  # whether what is sent goes nowhere
        self._ending: asyncio.TimerHandle | None = None
        self._change: asyncio.Future[None] | None = None

    # What a subclass does.

    def frame_received(self, frame: Frame) -> None:
        """Take the next frame.

        Raises:
            DecodeError: It breaks the protocol, so that the connection ends.
        """
        raise NotImplementedError

    def bodies_received(self, bodies: list[bytes]) -> int:
        """Take the bodies of the next frames; say how many, at least the first.

        It ends where reading is held, and in front of a frame that breaks the
        protocol, which so is the first of the next time.

        Raises:
            DecodeError: The first one breaks the protocol; the connection ends.
        """
        for count, body in enumerate(bodies):
            try:
                self.frame_received(Frame(body, 0, 0))
            except DecodeError:
                if count:
                    return count
                raise
            if self._held:
                return count + 1
        return len(bodies)

    def broken(self, error: Exception) -> None:
        """Learn that the peer broke the protocol or a limit."""
        raise NotImplementedError

    # What the transport calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport of a new connection."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=self.limits.write_high)
        self.peer = peer_name(transport)
        self.last_read = self.last_write = self._loop.time()
        set_no_delay(transport)
        if self.hooks is not None:
            self.hooks.connection_opened(self.side, self.peer)

    def data_received(self, data: bytes) -> None:
        """Take the next bytes and handle every frame that they complete."""
        self.last_read = self._loop.time()
        if self.hooks is not None:
            self.hooks.bytes_received(self.side, len(data))
        decoder, body = self._decoder, None
        if decoder.ready and not (self._bodies or self._reading):
            body = whole_body(data)
        if body is None:
            decoder.receive_data(data)
            self._read()
        else:  # as with one call at a time
            decoder.pass_over(len(data))
            self._bodies = [body]
            self._read(more=False)

    def eof_received(self) -> bool | None:
        """Learn that the peer sends no more; the transport closes itself."""
        self.flush()
        return None

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002
        """Learn that the connection is gone."""
        self.closed = True
        self._budget.used -= self._buffered
        self._buffered = 0
        self._forget_input()
        if self._ending is not None:
            self._ending.cancel()
        self._wake()
        if self.hooks is not None:
            self.hooks.connection_closed(self.side, self.peer)

    def pause_writing(self) -> None:
        """Learn that more waits to be written than should."""
        self.write_paused = True
        self.last_write = self._loop.time()

    def resume_writing(self) -> None:
        """Learn that the peer has taken what waited."""
        self.write_paused = False
        self.last_write = self._loop.time()
        self._wake()

    # What the two sides share.

    def send(self, frame: bytes) -> None:
        """Write a frame with the others of this turn."""
        self._out.append(frame)
        self._out_size += len(frame)
        if self._out_size > _BATCH_SIZE or len(self._out) >= self.batch:
            self.flush()
        elif not self._reading and not self._flushing:
            self._flushing = True
            self._loop.call_soon(self.flush)

    def flush(self) -> None:
        """Write at once what waits for the end of the turn."""
        self._flushing = False
        if not self._out:
            return
        packets = len(self._out)
        data = self._out[0] if packets == 1 else b"".join(self._out)
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
        """Wait until the peer keeps up, or is gone."""
        while self.write_paused and not self.closed:
            await asyncio.shield(self._waking())

    def hold(self, reason: int) -> None:
        """Read no further, until the reason is released."""
        if not self._held and not self._transport.is_closing():
            self._transport.pause_reading()
        self._held |= reason

    def release(self, reason: int) -> None:
        """Read on, if nothing else holds the reading."""
        if not self._held & reason:
            return
        self._held &= ~reason
        if not self._held:
            self._loop.call_soon(self._resume)

    def check_time(self, now: float) -> None:
        """Drop the connection if the peer has kept us waiting for too long."""
        limits, silence = self.limits, now - self.last_read
        if limits.partial_frame and self._partial and silence > limits.partial_frame:
            self._drop(f"silent for {silence:.3g} s inside a frame")
        elif (
            limits.write_stall
            and self.write_paused
            and now - self.last_write > limits.write_stall
        ):
            self._drop(f"has taken nothing for {limits.write_stall:g} s")

    def close(self) -> None:
        """Close when everything is written."""
        self.flush()
        if not self.closed:
            self._transport.close()

    async def wait_closed(self) -> None:
        """Wait until the connection is gone."""
        while not self.closed:
            await asyncio.shield(self._waking())

    def abort(self) -> None:
        """Close at once; what waits to be written is lost."""
        self._out.clear()
        if not self.closed:
            self._transport.abort()

    def _abort_later(self) -> None:
        """Close at once if the peer does not close its half in time."""
        if self._ending is None and not self.closed:
            self._ending = self._loop.call_later(self.limits.closing, self.abort)

    @property
    def _partial(self) -> bool:
        """Whether the peer owes us the rest of a frame."""
        return not self._held and self._decoder.buffered > 0

    def _read(self, *, more: bool = True) -> None:
        """Handle the frames that are whole, as long as reading is not held.

        Args:
            more: Whether anything may stand behind what is cut already.
        """
        if self._reading or self.closed:
            return
        self._reading = True
        packets = 0
        try:
            while not self._held and (taken := self._take(self.turn - packets)):
                packets += taken
                if packets >= self.turn:
                    self.hold(TURN)
                    self._loop.call_soon(self.release, TURN)
                if not more:
                    break
            else:
                self._account()
        except (DecodeError, LimitError) as error:
            self._forget_input()
            self.broken(error)
        finally:
            self._reading = False
            if packets and self.hooks is not None:
                self.hooks.packets_received(self.side, packets)
        self._end_turn()

    def _end_turn(self) -> None:
        """Write what was sent while frames were handled."""
        self.flush()

    def _take(self, limit: int) -> int:
        """Handle some of the frames that are whole, and say how many; 0 if none is."""
        bodies = self._bodies or self._decoder.next_bodies(limit)
        if not bodies:
            frame = self._decoder.next_frame()
            if frame is not None:
                self.frame_received(frame)
            return frame is not None
        try:
            taken = self.bodies_received(bodies)
        except DecodeError as error:  # at the first of them
            error.offset = self._decoder.consumed - _size(bodies)
            raise
        self._bodies = bodies[taken:]
        return taken

    def _forget_input(self) -> None:
        self._decoder.reset()
        self._bodies = []

    def _resume(self) -> None:
        """Handle the frames that waited; read more when none is left.

        To read before that would let the buffer grow with every release.
        """
        self.last_read = self._loop.time()  # until now it was not for the peer
        if not self._held:
            self._read()
        if not self._held and not self._transport.is_closing():
            self._transport.resume_reading()

    def _account(self) -> None:
        """Count what is held for this connection, and refuse too much."""
        buffered = self._decoder.buffered + _size(self._bodies)
        if buffered != self._buffered:
            self._budget.used += buffered - self._buffered
            grown, self._buffered = buffered > self._buffered, buffered
            if grown and self._budget.exhausted:
                raise LimitError(
                    f"{self._budget.used:,} bytes held for all connections, above the "
                    f"limit of {self._budget.limit:,}"
                )

    def _check_write_buffer(self) -> None:
        waiting = self._transport.get_write_buffer_size()
        if self.limits.write_buffer and waiting > self.limits.write_buffer:
            self._drop(f"{waiting:,} bytes wait to be read")

    def _drop(self, reason: str) -> None:
        """Close at once on a peer that cannot be trusted to answer a FIN."""
        self.broken(LimitError(reason))
        self.abort()

    def _waking(self) -> asyncio.Future[None]:
        """Return what is done when the peer keeps up again, or is gone."""
        if self._change is None:
            self._change = self._loop.create_future()
        return self._change

    def _wake(self) -> None:
        if self._change is not None:
            self._change.set_result(None)
            self._change = None


def _size(bodies: list[bytes]) -> int:
    """Return how many bytes frames take, by their bodies."""
    return sum(len(encode_frame(body)) for body in bodies)


def peer_name(transport: asyncio.BaseTransport) -> str:
    """Return ``host:port`` of the other side."""
    address = transport.get_extra_info("peername")
    if isinstance(address, tuple):
        host, port = address[:2]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return str(address or "?")


def set_no_delay(transport: asyncio.BaseTransport) -> None:
    """Write small packets at once: Nagle's algorithm costs 40 ms behind an event."""
    connection = transport.get_extra_info("socket")
    if connection is not None and connection.family != getattr(socket, "AF_UNIX", None):
        with suppress(OSError, TypeError):  # gone already; uvloop has done it itself
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
