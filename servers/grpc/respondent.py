"""One call, as the way back of its replies: a Respondent."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from protocol import UNDEFINED, Response, loads
from protocol.carriage import parse_reply
from servers.server.work import Work

from .statuses import Status, status_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine

    from protocol import Event, JsonText
    from servers.hooks import Hooks
    from servers.server.endpoints import Reception
    from servers.server.respondent import Running

    from .messages import GrpcMessage

_MOST_WAITING = 64
"""Replies that wait to be sent, above which a handler waits."""


class StatusError(Exception):
    """A call fails.

    Attributes:
        status: How.
    """

    def __init__(self, status: Status) -> None:
        super().__init__(status.message)
        self.status = status


class CallRespondent:
    """The way back of a call: a :class:`~servers.server.respondent.Respondent`.

    Args:
        reception: What the server gives.
        peer: ``host:port`` of the client.
        number: Of the call, from 1.
        carrier: What gRPC says of the call.

    Attributes:
        carrier: The same.
        work: What is in flight for the call.
    """

    def __init__(
        self, reception: Reception, peer: str, number: int, carrier: GrpcMessage
    ) -> None:
        self.peer = peer
        self.number = number
        self.carrier = carrier
        self.work = Work(reception.limits, peer)
        self._reception = reception
        self._replies: asyncio.Queue[bytes] = asyncio.Queue()
        self._taken = asyncio.Event()

    @property
    def server(self) -> Running:
        """The server that the call came to."""
        return self._reception.server

    @property
    def hooks(self) -> Hooks | None:
        """Callbacks for calls; None for no callbacks."""
        return self._reception.hooks

    @property
    def write_paused(self) -> bool:
        """Whether replies wait because the client reads too slowly."""
        return self._replies.qsize() > _MOST_WAITING

    @property
    def starting(self) -> bool:
        """Whether a task was started that has not run yet."""
        return self.work.starting

    def send(self, body: bytes) -> None:
        """Send a reply."""
        self._replies.put_nowait(body)

    def start(self, work: Coroutine[Any, Any, None], *, stream: bool = False) -> None:
        """Run work in a task, which is cancelled when the client leaves."""
        self.work.start(work, stream=stream)

    def streaming(self) -> None:
        """Note that the current task is a stream now."""
        self.work.streaming()

    def finished(self) -> None:
        """Do nothing: the task says itself that it is done."""

    async def drained(self) -> None:
        """Wait until the client has caught up with the replies."""
        while self.write_paused:
            self._taken.clear()
            await self._taken.wait()

    def retry(self) -> bool:
        """Return False: nothing is handled twice."""
        return False

    def unhandled(self, event: Event) -> None:
        """Do nothing: over gRPC there are no events."""

    async def values(self) -> AsyncIterator[JsonText]:
        """Yield the values of the replies, until one is the last.

        Raises:
            StatusError: One is an error.
        """
        while True:
            reply = parse_reply(await self._replies.get(), asked=True)
            self._taken.set()
            packet = None if reply is None else reply.packet
            if not isinstance(packet, Response):
                continue
            if packet.err is not UNDEFINED and packet.failed:
                raise StatusError(status_of(loads(packet.err)))
            if packet.response is not UNDEFINED:
                yield packet.response
            if packet.is_disposed:
                return
