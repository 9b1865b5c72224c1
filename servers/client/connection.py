"""A connection of a client: requests out, replies in, matched by exact id."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, ClassVar

from protocol import (
    UNDEFINED,
    Event,
    Frame,
    Response,
    UnknownPacketError,
    parse_packet,
)
from servers.channel import READER, Channel, Shared
from servers.errors import ConnectionLostError

from .calls import deliver

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from servers.hooks import Side

    from .calls import Waiting

logger = logging.getLogger("servers.client")


class Connection(Channel):
    """One connection to a server, for any number of calls at a time.

    Args:
        shared: What the connections of the client have in common.
        lost: Whom to tell that the connection is gone, and why.

    Attributes:
        calls: What waits for replies, by id.
        unclaimed: Replies that no call waited for: late ones, mostly.
        usable: Whether a request may be written to it.
    """

    side: ClassVar[Side] = "client"

    def __init__(
        self, shared: Shared, lost: Callable[[Connection, Exception | None], None]
    ) -> None:
        super().__init__(shared)
        self.calls: dict[str, Waiting] = {}
        self.unclaimed = 0
        self.usable = False
        self._lost = lost
        self._error: Exception | None = None
        self._timer: asyncio.TimerHandle | None = None

    def ask(self, identity: str, frame: bytes, call: Waiting) -> None:
        """Send a request, and give its replies to a call.

        A call fails at once if the connection went before it could be used.
        """
        if not self.usable:
            call.fail(ConnectionLostError(_reason(self.peer, self._error)))
            return
        self.calls[identity] = call
        self.send(frame)
        if self._held:
            self.release(READER)

    def forget(self, identity: str) -> None:
        """Give the replies to a request to nobody."""
        self.calls.pop(identity, None)

    def crowded(self) -> None:
        """Read no further if all that is awaited are streams that nobody reads."""
        if all(call.full for call in self.calls.values()):
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
        waiting, self.calls = list(self.calls.values()), {}
        for call in waiting:
            lost = ConnectionLostError(_reason(self.peer, cause))
            lost.__cause__ = cause
            call.fail(lost)
        self._lost(self, cause)

    def frame_received(self, frame: Frame) -> None:
        """Give a reply to the call that waits for it.

        Raises:
            InvalidJsonError: The frame holds no JSON.
        """
        try:
            packet = parse_packet(frame)
        except UnknownPacketError:  # no id, so nobody's
            packet = _NOTHING
        if isinstance(packet, Event) or not isinstance(identity := packet.id, str):
            self.unclaimed += 1
            return
        call = self.calls.get(identity)
        if call is None:
            self.unclaimed += 1
        elif type(packet) is Response and not packet.extra:
            if deliver(packet, call):
                self.calls.pop(identity, None)
        else:  # a key that Nest does not use: the packet itself is the value
            del self.calls[identity]
            call.take(frame.body)
            call.end()

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


_NOTHING = Event(UNDEFINED)  # what no packet of Nest's amounts to
