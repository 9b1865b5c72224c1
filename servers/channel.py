"""One TCP connection: bytes to the bodies of packets, and bodies to bytes.

::

    data_received ─► FrameDecoder ─► bodies_received(bodies)     many short ones at once
    send(body) ─► length#body ─► [ out ] ─► flush ─► transport.write     see writing

Only the two modules know frames; everything above them reads and writes JSON text.
Reading can be held for several reasons at once, and resumes when the last of them is
released.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from protocol import (
    DecodeError,
    FrameDecoder,
    TruncatedFrameError,
    duration,
    encode_frame,
    whole_body,
)

from .sockets import keep_alive, peer_name, set_no_delay
from .writing import LimitError, Shared, WritingHalf

if TYPE_CHECKING:
    import asyncio

# Why reading is held.
WRITING = 1  # the peer does not read what we write
IN_FLIGHT = 2  # as many messages as allowed are being handled
STOPPING = 4  # shutdown: no new message is handled
READER = 8  # nobody reads the values that have arrived
TURN = 16  # other connections have waited long enough


# decision 79: Only the channel knows frames
class Channel(WritingHalf):
    """Packets over an asyncio transport, each as its body: JSON text in UTF-8.

    Attributes:
        peer: ``host:port`` of the other side, or the transport's name for it.
        turn: Frames handled before other connections get their turn.
        last_read: When bytes last arrived, on the event loop's clock.
    """

    __slots__ = (
        "_bodies",
        "_budget",
        "_buffered",
        "_decoder",
        "_held",
        "last_read",
        "peer",
    )
    turn: ClassVar[int] = 256

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        limits = shared.limits
        self.peer = ""
        self.last_read = 0.0
        self._budget = shared.budget
        self._decoder = FrameDecoder(max_units=limits.buffered, max_length=limits.frame)
        self._bodies: list[bytes] = []  # decoded, but reading was held
        self._buffered = 0  # bytes of ours in the budget
        self._held = 0

    # What a subclass does.

    def bodies_received(self, bodies: list[bytes]) -> int:
        """Handle the bodies of the next frames, at least one.

        Handling stops where reading is held, and before a body that breaks the
        protocol, which is the first of the next call.

        Returns:
            How many were handled.

        Raises:
            DecodeError: The first body breaks the protocol; the connection ends.
        """
        raise NotImplementedError

    def broken(self, error: Exception) -> None:
        """Handle a peer that broke the protocol or exceeded a limit."""
        raise NotImplementedError

    # What the transport calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to use the transport of a new connection."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=self.limits.write_high)
        self.peer = peer_name(transport)
        self.last_read = self.last_write = self._loop.time()
        set_no_delay(transport)
        keep_alive(transport, self.limits.keepalive)
        if self.hooks is not None:
            self.hooks.connection_opened(self.side, self.peer)

    def data_received(self, data: bytes) -> None:
        """Handle every frame that the next bytes complete."""
        self.last_read = self._loop.time()
        if self.hooks is not None:
            self.hooks.bytes_received(self.side, len(data))
        if self._closing:
            return
        decoder, body = self._decoder, None
        if decoder.ready and not (self._bodies or self._reading):
            body = whole_body(data)
        if body is None:
            decoder.receive_data(data)
            self._read()
        else:  # one frame, as when one call is made at a time
            decoder.pass_over(len(data))
            self._bodies = [body]
            self._read(more=False)

    def eof_received(self) -> bool | None:
        """Write what waits; asyncio then closes the transport."""
        self.flush()
        return None

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002
        """Release what the connection holds, and wake the tasks that wait for it."""
        self.closed = True
        self._forget_input()
        if self._ending is not None:
            self._ending.cancel()
        self._wake()
        if self.hooks is not None:
            self.hooks.connection_closed(self.side, self.peer)

    # What the two sides share.

    def hold(self, reason: int) -> None:
        """Stop reading until the reason is released."""
        if not (self._held or self._closing or self._transport.is_closing()):
            self._transport.pause_reading()
        self._held |= reason

    def release(self, reason: int) -> None:
        """Resume reading, if no other reason holds it."""
        if not self._held & reason:
            return
        self._held &= ~reason
        if not self._held:
            self._loop.call_soon(self._resume)

    def check_time(self, now: float) -> None:
        """Drop the connection if the peer has kept us waiting too long."""
        limits, silence = self.limits, now - self.last_read
        if limits.partial_frame and self._partial and silence > limits.partial_frame:
            self.drop(f"silent for {duration(round(silence * 1e9))} inside a frame")
        elif (
            limits.write_stall
            and self.write_paused
            and now - self.last_write > limits.write_stall
        ):
            self.drop(f"has read nothing for {limits.write_stall:g} s")

    @property
    def _partial(self) -> bool:
        """Whether a frame has arrived in part."""
        return not self._held and self._decoder.buffered > 0

    def _read(self, *, more: bool = True) -> None:
        """Handle complete frames for as long as reading is not held.

        Args:
            more: Whether the decoder may have more after the bodies decoded already.
        """
        if self._reading or self.closed or self._closing:
            return
        self._reading = self._flushing = True
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
        except DecodeError as error:
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
        """Handle some of the complete frames; return how many."""
        bodies = self._bodies or self._decoder.next_bodies(limit)
        if not bodies:
            return self._take_one()
        try:
            taken = self.bodies_received(bodies)
        except DecodeError as error:  # in the first of them
            error.offset = self._decoder.consumed - _size(bodies)
            raise
        self._bodies = bodies[taken:]
        return taken

    def _take_one(self) -> int:
        """Do the same for one frame of any length."""
        frame = self._decoder.next_frame()
        if frame is None:
            return 0
        try:
            return self.bodies_received([frame.body])
        except DecodeError as error:
            error.offset = frame.offset
            raise

    def _truncation(self) -> TruncatedFrameError | None:
        """Return the error of a stream that has ended inside a frame."""
        self._decoder.receive_eof()
        try:
            self._decoder.next_frame()
        except TruncatedFrameError as error:
            return error
        except DecodeError:  # reported already, or it comes after a hold
            pass
        return None

    def _forget_input(self) -> None:
        self._decoder.reset()
        self._bodies = []
        if self._buffered:
            self._buffered = 0
            self._budget.hold(self, 0)

    def _resume(self) -> None:
        """Handle the frames that waited; read on once none is left.

        Reading before that would let the buffer grow with every release.
        """
        self.last_read = self._loop.time()  # until now the delay was ours
        if not self._held:
            self._read()
        if not self._held and not self._transport.is_closing():
            self._transport.resume_reading()

    def _account(self) -> None:
        """Update the budget, which may cut this connection or another."""
        buffered = self._decoder.buffered + _size(self._bodies)
        if buffered != self._buffered:
            self._buffered = buffered
            self._budget.hold(self, buffered)

    def cut(self, reason: str) -> None:
        """Let go of what is buffered, close, and drop whatever still arrives."""
        self._forget_input()
        self.broken(LimitError(reason))
        self._closing = True
        self.read_on()

    def read_on(self) -> None:
        """Drop what has arrived, and read, whatever held that until now."""
        self._forget_input()
        if self._held and not self._transport.is_closing():
            self._transport.resume_reading()

    def drop(self, reason: str) -> None:
        """Abort, since the peer cannot be trusted to answer a FIN."""
        self.broken(LimitError(reason))
        self.abort()


def _size(bodies: list[bytes]) -> int:
    """Return how many bytes the frames of these bodies take."""
    return sum(len(encode_frame(body)) for body in bodies)
