"""A connection of a client: requests out, replies in, matched by exact id."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, ClassVar

from protocol import (
    REFUSED,
    UNDEFINED,
    Event,
    Frame,
    JsonText,
    Response,
    UnknownPacketError,
    parse_packet,
)
from servers.channel import BATCH_FRAMES, READER, Channel, Shared
from servers.errors import ConnectionLostError

from .calls import Single, deliver
from .packets import read_reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from protocol import Json
    from servers.hooks import Side

    from .calls import Waiting

logger = logging.getLogger("servers.client")


class Connection(Channel):
    """One connection to a server, for any number of calls at a time.

    Args:
        shared: What the connections of the client have in common.
        lost: Whom to tell that the connection is gone, and why.

    Attributes:
        asked: What waits for one value, by id.
        calls: What waits for more than one reply, by id.
        unclaimed: Replies that no call waited for: late ones, mostly.
        usable: Whether a request may be written to it.
    """

    side: ClassVar[Side] = "client"

    def __init__(
        self, shared: Shared, lost: Callable[[Connection, Exception | None], None]
    ) -> None:
        super().__init__(shared)
        self.asked: dict[str, asyncio.Future[Json]] = {}
        self.calls: dict[str, Waiting] = {}
        self.unclaimed = 0
        self.usable = False
        self._lost = lost
        self._error: Exception | None = None
        self._timer: asyncio.TimerHandle | None = None

    @property
    def pending(self) -> int:
        """Calls that wait for replies."""
        return len(self.asked) + len(self.calls)

    def ask(self, identity: str, frame: bytes) -> asyncio.Future[Json]:
        """Send a request; return what gets the last value of the reply."""
        future = self.asked[identity] = self._loop.create_future()
        self.send(frame)
        if self._held:
            self.release(READER)
        return future

    def follow(self, identity: str, frame: bytes, call: Waiting) -> None:
        """Send a request, and give all its replies to a call."""
        self.calls[identity] = call
        self.send(frame)
        if self._held:
            self.release(READER)

    def check_usable(self) -> None:
        """Find out whether the connection went before it could be used.

        Raises:
            ConnectionLostError: It did.
        """
        if not self.usable:
            raise ConnectionLostError(_reason(self.peer, self._error))

    def forget(self, identity: str) -> None:
        """Give the replies to a request to nobody."""
        self.asked.pop(identity, None)
        self.calls.pop(identity, None)

    def crowded(self) -> None:
        """Read no further if all that is awaited are streams that nobody reads."""
        if not self.asked and all(call.full for call in self.calls.values()):
            self.hold(READER)

    def new_future(self) -> asyncio.Future[None]:
        """Return a future of the connection's event loop."""
        return self._loop.create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport of the new connection."""
        super().connection_made(transport)
        self.usable = True
        self._watch()

    def eof_received(self) -> bool | None:
        """Send nothing more to a server that has closed its half."""
        self.usable = False
        return super().eof_received()

    def connection_lost(self, error: Exception | None) -> None:
        """Fail every call that waits."""
        self.usable = False
        super().connection_lost(error)
        if self._timer is not None:
            self._timer.cancel()
        cause = self._error or error
        waiting = [*self.asked.values(), *self.calls.values()]
        self.asked, self.calls = {}, {}
        for call in waiting:
            if not call.done():
                lost = ConnectionLostError(_reason(self.peer, cause))
                lost.__cause__ = cause
                call.set_exception(lost)
        self._lost(self, cause)

    def bodies_received(self, bodies: list[bytes]) -> int:
        """Give replies to the calls that wait for them; say how many.

        Raises:
            InvalidJsonError: The first of the bodies is no JSON.
        """
        # Of many calls an eighth may wait: the server has the others to answer.
        self.batch = max(BATCH_FRAMES, len(self.asked) // 8)
        ordinary = self._settle(bodies)
        if not ordinary:
            self._deliver(Frame(bodies[0], 0, 0))
        return ordinary or 1

    def frame_received(self, frame: Frame) -> None:
        """Give a reply to the call that waits for it.

        Raises:
            InvalidJsonError: The frame holds no JSON.
        """
        if not self._settle([frame.body]):
            self._deliver(frame)

    def _settle(self, bodies: list[bytes]) -> int:
        """End calls as long as the replies are ordinary; say how many were.

        Nearly all are, and the time of a call is mostly what is done for each of them.
        So one that is not is noticed by what fails, and is then read by the rules.
        """
        read, claim, count = read_reply, self.asked.pop, 0
        try:
            for body in bodies:
                reply = read(body)
                if not reply.is_disposed:
                    break
                claim(reply.id).set_result(reply.response)
                count += 1
        except _UNUSUAL:
            return count  # which tells where it stands
        return count

    def _deliver(self, frame: Frame) -> None:
        """Read a reply by the rules, whatever it is, and give it to its call."""
        try:
            packet = parse_packet(frame)
        except UnknownPacketError:  # no id, so nobody's
            packet = _NOTHING
        if isinstance(packet, Event) or not isinstance(identity := packet.id, str):
            self.unclaimed += 1
            return
        call = self._call(identity)
        if call is None:
            self.unclaimed += 1
        elif type(packet) is Response and not packet.extra:
            if deliver(packet, call):
                self.calls.pop(identity, None)
        else:  # a key that Nest does not use: the packet itself is the value
            del self.calls[identity]
            call.take(JsonText(frame.body))
            call.end()

    def _call(self, identity: str) -> Waiting | None:
        """Return what an unusual reply is for; it may get more than one from now on."""
        future = self.asked.pop(identity, None)
        if future is not None:
            self.calls[identity] = Single(future)
        return self.calls.get(identity)

    def broken(self, error: Exception) -> None:
        """Close; every call that waits will fail."""
        self.usable = False
        if self._error is None:
            self._error = error
            logger.warning(
                "%s: closed: %s", self.peer, error, extra={"peer": self.peer}
            )
        self._out.clear()
        self.close()

    def close(self) -> None:
        """Close when everything is written, or the time for that is over."""
        self.usable = False
        super().close()
        self._abort_later()

    def _watch(self) -> None:
        """Look at how late the server is, from now on."""
        self.check_time(self._loop.time())
        if not self.closed:
            times = (self.limits.partial_frame, self.limits.write_stall)
            shortest = min((each for each in times if each), default=1.0)
            self._timer = self._loop.call_later(min(shortest / 4, 1.0), self._watch)


def _reason(peer: str, cause: Exception | None) -> str:
    return f"{peer}: {cause}" if cause is not None else f"{peer} closed the connection"


# What makes a reply unusual: what it holds, an id that no single value is awaited for,
# or that nobody waits any more.
_UNUSUAL = (*REFUSED, KeyError, asyncio.InvalidStateError)
_NOTHING = Event(UNDEFINED)  # what no packet of Nest's amounts to
