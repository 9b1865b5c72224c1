"""A connection of a client to a broker, and the calls that wait for replies on it."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, cast

from protocol import JsonText, Response
from protocol.carriage import parse_reply
from protocol.errors import InvalidJsonError
from servers.client.calls import PendingValue, deliver
from servers.client.quick_replies import quick_settle
from servers.errors import CallError, ConnectionLostError, NoHandlerError
from servers.logs import logger_of

from .publishing import Publisher

if TYPE_CHECKING:
    from collections.abc import Callable

    from protocol import Json
    from servers.client.breaker import Note
    from servers.client.brokers import Terms
    from servers.client.calls import Pending

    from .letters import Letter

logger = logger_of("client")


class _Unconcerned:
    """What a connection to one server has a use for, and a broker has not."""

    def timed_out(self, seconds: float) -> None:
        """Do nothing: a broker does not say which server is late."""

    def watch(self) -> Note | None:
        """Return None: nobody asks how calls end."""
        return None

    def written(self) -> None:
        """Do nothing: nobody asks."""

    def crowded(self) -> None:
        """Do nothing: a broker would drop what is not read."""

    def relieved(self) -> None:
        """Do nothing, likewise."""


class BrokerWire(_Unconcerned, ABC):
    """A connection to a broker; a :class:`~servers.client.wire.Wire`.

    What was sent on it is never sent again: it ends with the connection, and the calls
    that wait fail.

    Args:
        peer: The broker, without a password.
        terms: What the client gives.
        lost: Called once it is of no use any more, with the cause.

    Attributes:
        peer: The broker.
        usable: Whether a request can be sent.
        asked: The calls that wait for one value, by id.
        calls: The calls that wait for more than one reply, by id.
        unclaimed: Number of replies that no call waited for.
        publisher: Publishes events and requests: letters, the latter with their ids.
    """

    def __init__(
        self, peer: str, terms: Terms, lost: Callable[[Exception | None], None]
    ) -> None:
        self.peer = peer
        self.usable = False
        self.asked: dict[str, asyncio.Future[Json]] = {}
        self.calls: dict[str, Pending] = {}
        self.unclaimed = 0
        self.hooks = terms.hooks
        self.publisher: Publisher[tuple[Letter, str | None]] = Publisher(
            self._publish, terms.limits.write_high
        )
        self._lost = lost
        self._ended = False
        self._loop = asyncio.get_running_loop()

    # What a broker does itself.

    @abstractmethod
    async def connect(self) -> None:
        """Connect, and listen for replies where one channel takes all of them.

        Raises:
            ConnectError: The broker cannot be reached, or refuses.
        """

    @abstractmethod
    async def publish(self, letters: list[tuple[Letter, str | None]]) -> None:
        """Publish letters, in their order; :meth:`refuse` those that cannot be.

        Args:
            letters: Each with the id of the request; None for an event.
        """

    @abstractmethod
    async def disconnect(self) -> None:
        """Close the connection, if there is one."""

    @abstractmethod
    def abandon(self) -> None:
        """Let go of the sockets: their event loop does not run."""

    @abstractmethod
    def check_letter(self, letter: Letter) -> None:
        """Refuse what the broker cannot carry, before anything is sent.

        Raises:
            PatternError: It has no channel of that name.
            EncodeError: The body is too large.
        """

    # What it tells.

    def settle(self, body: bytes, identity: str | None = None) -> None:
        """Pass a reply to the call that waits for it.

        Args:
            body: The reply.
            identity: The id of the request, where the broker tells it.
        """
        if self.hooks is not None:
            self.hooks.packets_received("client", 1)
            self.hooks.bytes_received("client", len(body))
        if not self.settle_quickly(body, identity):
            self._settle_unusual(body, identity)

    def settle_quickly(self, body: bytes, identity: str | None) -> bool:
        """Resolve a call for one value with an ordinary reply; return whether it was.

        Args:
            body: The reply.
            identity: The id of the request, where the broker tells it.
        """
        del identity  # it is in the body, too
        return bool(quick_settle((body,), self.asked))

    def refuse(self, identity: str, error: CallError) -> None:
        """Fail the call of a request."""
        call = self.asked.pop(identity, None) or self.calls.pop(identity, None)
        if call is not None and not call.done():
            call.set_exception(error)

    # decision 139
    def nobody(self, identity: str) -> None:
        """Fail a call since nobody is subscribed to its channel.

        A client of Nest waits for ever.
        """
        self.refuse(identity, NoHandlerError("nobody is subscribed"))

    def end(self, cause: Exception | None) -> None:
        """Tell of the end, once, and fail the calls that wait."""
        self.usable = False
        if self._ended:
            return
        self._ended = True
        self.publisher.abandon()
        self._lost(cause)
        waiting = [*self.asked.values(), *self.calls.values()]
        self.asked, self.calls = {}, {}
        for call in waiting:
            if not call.done():
                call.set_exception(self.lost_error(cause))

    def lost_error(self, cause: Exception | None) -> ConnectionLostError:
        """Return the error of a call that waits when the connection is lost."""
        reason = f"{self.peer}: {cause}" if cause is not None else f"{self.peer} closed"
        lost = ConnectionLostError(reason)
        lost.__cause__ = cause
        return lost

    def is_mine(self, identity: str) -> bool:
        """Whether an id may be of a call made here, where others' replies come too."""
        return bool(identity)

    # What the caller asks for.

    @property
    def pending(self) -> int:
        """Number of calls that wait for replies."""
        return len(self.asked) + len(self.calls)

    @property
    def write_paused(self) -> bool:
        """Whether requests wait because the broker reads too slowly."""
        return self.publisher.paused

    def check_usable(self) -> None:
        """Make sure that a request can be sent.

        Raises:
            ConnectionLostError: The connection was lost before it could be used.
        """
        if not self.usable:
            raise self.lost_error(None)

    async def drained(self) -> None:
        """Wait until the broker has caught up with the requests."""
        await self.publisher.drained()

    def send(self, body: bytes) -> None:
        """Send an event."""
        self._post(body, None)

    def ask(self, identity: str, body: bytes) -> asyncio.Future[Json]:
        """Send a request; return the future of its last value."""
        self._post(body, identity)
        future: asyncio.Future[Json] = self._loop.create_future()
        self.asked[identity] = future
        return future

    def follow(self, identity: str, body: bytes, call: Pending) -> None:
        """Send a request, all replies to which go to a call."""
        self._post(body, identity)
        self.calls[identity] = call

    def forget(self, identity: str) -> None:
        """Drop the replies to a request, which count as unclaimed."""
        self.asked.pop(identity, None)
        self.calls.pop(identity, None)

    async def close(self) -> None:
        """Let what is written leave, then end; calls that wait fail."""
        if self.usable:
            await self.publisher.flush()
        self.end(None)

    def _post(self, body: bytes, identity: str | None) -> None:
        letter = cast("Letter", body)  # as LETTERS made it
        self.check_letter(letter)
        self.publisher.put((letter, identity), len(letter))

    async def _publish(self, letters: list[tuple[Letter, str | None]]) -> None:
        if self.hooks is not None:
            self.hooks.packets_sent("client", len(letters))
            self.hooks.bytes_sent("client", sum(len(each) for each, _ in letters))
        await self.publish(letters)

    def _settle_unusual(self, body: bytes, identity: str | None) -> None:
        """Read a reply of any kind, and pass it to its call."""
        try:
            reply = parse_reply(body, asked=True)
        except InvalidJsonError as error:
            logger.warning("%s: a reply is %s", self.peer, error.reason)
            self.unclaimed += 1
            return
        packet = None if reply is None else reply.packet
        named = packet.id if packet is not None else None
        key = identity if identity is not None else named
        call = self._call(key) if isinstance(key, str) else None
        if packet is None or call is None or not isinstance(key, str):
            self.unclaimed += not isinstance(key, str) or self.is_mine(key)
        elif deliver(_with_value(packet, body), call):
            self.calls.pop(key, None)

    def _call(self, identity: str) -> Pending | None:
        """Return the call of an unusual reply, to which more may come from now on."""
        future = self.asked.pop(identity, None)
        if future is not None:
            self.calls[identity] = PendingValue(future)
        return self.calls.get(identity)


def _with_value(packet: Response, body: bytes) -> Response:
    """Return a reply; one with a key that Nest does not use is the value itself.

    Source: ``deserializers/incoming-response.deserializer.ts``, ``isExternal``.
    """
    if not packet.extra:
        return packet
    return Response(packet.id, JsonText(body), is_disposed=True)
