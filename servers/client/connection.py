"""A TCP connection of a client: requests out, replies in, matched by exact id."""

from __future__ import annotations

from asyncio import Future  # by its own name: every call makes one
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar

from protocol import Event, JsonText, Response, UnknownPacketError, parse_body
from servers.channel import READER, Channel
from servers.errors import ConnectionLostError, ServersError
from servers.logs import logger_of
from servers.sockets import abort_elsewhere
from servers.writing import BATCH_FRAMES

from .calls import PendingValue, deliver
from .quick_replies import quick_settle

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from protocol import Json, Request
    from servers.hooks import Side
    from servers.writing import Shared

    from .breaker import Circuit, Note
    from .calls import Pending

logger = logger_of("client")

_TLS_ALERT = b"\x15\x03"  # RFC 8446, sections 5.1 and 6: content type and version


# decision 71: A client goes on reading while its server does not
class Connection(Channel):
    """One connection to a server; a :class:`~servers.client.wire.Wire`.

    Args:
        shared: What the connections of the client have in common.
        lost: Called once the connection is of no use any more, with the cause.

    Attributes:
        asked: The calls that wait for one value, by id.
        calls: The calls that wait for more than one reply, by id.
        unclaimed: Number of replies that no call waited for, mostly late ones.
        usable: Whether a request can be sent.
        late: Called with the seconds in which a request got no reply.
        circuit: Lets calls through, or does not; None lets all through.
    """

    __slots__ = (
        "_ended",
        "_error",
        "_lost",
        "_timer",
        "asked",
        "calls",
        "circuit",
        "late",
        "unclaimed",
        "usable",
    )
    side: ClassVar[Side] = "client"

    def __init__(
        self, shared: Shared, lost: Callable[[Connection, Exception | None], None]
    ) -> None:
        super().__init__(shared)
        self.asked: dict[str, Future[Json]] = {}
        self.calls: dict[str, Pending] = {}
        self.unclaimed = 0
        self.usable = False
        self.late: Callable[[float], None] | None = None
        self.circuit: Circuit | None = None
        self._lost = lost
        self._error: Exception | None = None
        self._ended = False
        self._timer: asyncio.TimerHandle | None = None

    @property
    def pending(self) -> int:
        """Number of calls that wait for replies."""
        return len(self.asked) + len(self.calls)

    def ask(self, identity: str, body: bytes) -> Future[Json]:
        """Send a request; return the future of its last value."""
        future: Future[Json] = Future(loop=self._loop)  # quicker than create_future
        self.asked[identity] = future
        self.send(body)
        if self._held:
            self.release(READER)
        return future

    def follow(self, identity: str, body: bytes, call: Pending) -> None:
        """Send a request, all replies to which go to a call."""
        self.calls[identity] = call
        self.send(body)
        if self._held:
            self.release(READER)

    def check_usable(self) -> None:
        """Make sure that a request can be sent.

        Raises:
            ConnectionLostError: The connection was lost before it could be used.
        """
        if not self.usable:
            raise ConnectionLostError(_reason(self.peer, self._error))

    def forget(self, identity: str) -> None:
        """Drop the replies to a request, which count as unclaimed."""
        self.asked.pop(identity, None)
        self.calls.pop(identity, None)

    def timed_out(self, seconds: float) -> None:
        """Note that a request got no reply in this time."""
        if self.late is not None:
            self.late(seconds)

    def watch(self) -> Note | None:
        """Return what takes the end of a call that begins now; None if nobody asks."""
        return self.circuit.note() if self.circuit is not None else None

    def written(self) -> None:
        """Note that an event was written."""
        if self.circuit is not None:
            self.circuit.written()

    def crowded(self) -> None:
        """Stop reading if every call that waits is a stream that nobody reads."""
        if not self.asked and all(call.full for call in self.calls.values()):
            self.hold(READER)

    def relieved(self) -> None:
        """Resume reading, since the reader of a stream has caught up."""
        if self._held:
            self.release(READER)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to use the transport of the new connection."""
        super().connection_made(transport)
        self.usable = True
        self._watch()

    def eof_received(self) -> bool | None:
        """Send nothing more to a server that has closed its half."""
        self.usable = False
        if self._decoder.rest.startswith(_TLS_ALERT):
            self._error = ServersError("it speaks TLS, and this client does not")
        return super().eof_received()

    def connection_lost(self, error: Exception | None) -> None:
        """Fail every call that waits."""
        self.usable = False
        super().connection_lost(error)
        if self._timer is not None:
            self._timer.cancel()
        self._end(self._error or error)

    def bodies_received(self, bodies: list[bytes]) -> int:
        """Pass replies to the calls that wait for them; return how many.

        Raises:
            InvalidJsonError: The first of the bodies is not JSON.
        """
        # Of many calls an eighth may wait: the server has the others to answer. After a
        # call that was alone the next one is likely to be, too, and waits for no other.
        waiting = len(self.asked)
        self.batch = 1 if waiting == 1 else max(BATCH_FRAMES, waiting // 8)
        settled = quick_settle(bodies, self.asked)
        if not settled:
            self._deliver(bodies[0])
        return settled or 1

    def _deliver(self, body: bytes) -> None:
        """Read a reply of any kind, and pass it to its call."""
        packet = _reply_in(body)
        identity = packet.id if packet is not None else None
        if not isinstance(identity, str) or (call := self._call(identity)) is None:
            self.unclaimed += 1
        elif isinstance(packet, Response) and not packet.extra:
            if deliver(packet, call):
                self.calls.pop(identity, None)
        else:  # a key that Nest does not use: the packet itself is the value
            del self.calls[identity]
            call.take(JsonText(body))
            call.end()

    def _call(self, identity: str) -> Pending | None:
        """Return the call of an unusual reply, to which more may come from now on."""
        future = self.asked.pop(identity, None)
        if future is not None:
            self.calls[identity] = PendingValue(future)
        return self.calls.get(identity)

    def broken(self, error: Exception) -> None:
        """Close; every call that waits fails."""
        self.usable = False
        if self._error is None:
            self._error = error
            logger.warning(
                "%s: closed: %s", self.peer, error, extra={"peer": self.peer}
            )
        self._out.clear()
        self.close()

    def close(self, until: float = 0.0) -> None:
        """Close once everything is written; every call that waits fails."""
        self.usable = False
        super().close(until)
        self._end(self._error)

    def abandon(self) -> None:
        """Let go of the connection: its event loop does not run.

        The server learns of it at once. A loop that is only paused does the rest when
        it runs again; one that is closed never does, so it is done here.
        """
        self.usable = False
        abort_elsewhere(self._transport)
        if self._loop.is_closed() and not self.closed:
            with suppress(RuntimeError):  # a task of that loop still waits
                self.connection_lost(None)

    def _end(self, cause: Exception | None) -> None:
        """Tell of the end, once, and fail the calls that wait: nothing more is read."""
        if self._ended:
            return
        self._ended = True
        self._lost(self, cause)
        waiting = [*self.asked.values(), *self.calls.values()]
        self.asked, self.calls = {}, {}
        for call in waiting:
            if not call.done():
                call.set_exception(self.lost_error(cause))

    def lost_error(self, cause: Exception | None) -> ConnectionLostError:
        """Return the error of a call that waits when the connection is lost."""
        lost = ConnectionLostError(_reason(self.peer, cause))
        lost.__cause__ = cause
        return lost

    def _watch(self) -> None:
        """Check whether the server is late, time after time."""
        self.check_time(self._loop.time())
        if not self.closed:
            times = (self.limits.partial_frame, self.limits.write_stall)
            shortest = min((each for each in times if each), default=1.0)
            self._timer = self._loop.call_later(min(shortest / 4, 1.0), self._watch)


def _reason(peer: str, cause: Exception | None) -> str:
    return f"{peer}: {cause}" if cause is not None else f"{peer} closed the connection"


def _reply_in(body: bytes) -> Request | Response | None:
    """Return the packet in a body, or None where it has no id.

    Raises:
        InvalidJsonError: The body is not JSON.
    """
    try:
        packet = parse_body(body)
    except UnknownPacketError:
        return None
    return packet if not isinstance(packet, Event) else None
