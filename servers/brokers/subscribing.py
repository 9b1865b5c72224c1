"""A service at a broker: connected, subscribed, connected again, ended.

::

    begin ─► connect ─► deliver … ─► lost ─► connect ─► deliver … ─► stop ─► close

What a broker does itself, a subclass does: it connects and subscribes, gives each
message to :meth:`Subscriber.accept`, and publishes replies. Replies wait while the
broker is away; messages that it loses meanwhile are lost.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from typing import TYPE_CHECKING, TypeAlias

from protocol import (
    UNDEFINED,
    Event,
    JsonText,
    Request,
    UnknownPacketError,
    parse_body,
)
from protocol.errors import InvalidJsonError
from servers.client import Backoff
from servers.errors import ConnectError, ListenError
from servers.logs import logger_of
from servers.payloads import spelled
from servers.server.work import Work

from .publishing import Publisher
from .respondents import MessageRespondent

if TYPE_CHECKING:
    from servers.deliveries import Delivery
    from servers.server.endpoints import Reception

logger = logger_of("server")

Reply: TypeAlias = tuple[MessageRespondent, bytes]
"""A reply, and where it goes."""

Message: TypeAlias = "tuple[str, bytes, str | None, Delivery]"
"""What is accepted: a route, a body, where replies go, and what the broker says."""

_SHOWN = 80  # characters of a pattern in a log line


class Subscriber(Work, ABC):
    """An :class:`~servers.server.endpoints.Endpoint` at a broker.

    Args:
        name: The broker, without a password.
        reception: What the server gives.
        backoff: The waits after attempts to connect again that failed.

    Attributes:
        reception: What the server gives.
        connected: Whether the broker can deliver messages now.
        number: The number of the connection, from 1.
        publisher: Publishes the replies.
        dropped: Messages that were dropped, since too many waited.
    """

    def __init__(
        self, name: str, reception: Reception, backoff: Backoff | None = None
    ) -> None:
        super().__init__(reception.limits, name)
        self.reception = reception
        self.connected = False
        self.number = 0
        self.dropped = 0
        write_high = reception.limits.write_high
        self.publisher: Publisher[Reply] = Publisher(self._publish, write_high)
        self._backoff = backoff or Backoff()
        self._up = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None
        self._closing = False
        self._unhandled = 0
        self._backlog: deque[Message] = deque()  # for which there is no room yet …
        self._backlog_size = 0  # … and its bytes
        self._feeder: asyncio.Task[None] | None = None

    @property
    def connections(self) -> int:
        """How many connections are open, as the broker counts for one."""
        return int(self.connected)

    @property
    def patience(self) -> float:
        """Seconds that connecting may take."""
        return self.reception.limits.connect

    # What a broker does itself.

    @abstractmethod
    async def connect(self) -> None:
        """Connect, and subscribe to the routes.

        Raises:
            ConnectError: The broker cannot be reached, or refuses.
        """

    @abstractmethod
    async def unsubscribe(self) -> None:
        """Take nothing new; return once all that was taken is delivered."""

    @abstractmethod
    async def publish(self, replies: list[Reply]) -> None:
        """Publish replies, in their order.

        Raises:
            ConnectError: The connection is lost; :meth:`lost` says so, too.
        """

    @abstractmethod
    async def disconnect(self) -> None:
        """Close the connection, if there is one."""

    # What it tells.

    async def begin(self) -> None:
        """Connect for the first time.

        Raises:
            ListenError: The broker cannot be reached, or refuses.
        """
        try:
            await self._connect()
        except ConnectError as error:
            await self.disconnect()
            raise ListenError(str(error)) from error

    def lost(self, cause: BaseException | str | None) -> None:
        """Note that the connection is lost: another is made."""
        if not self.connected:
            return
        self.connected = False
        self._up.clear()
        hooks = self.reception.hooks
        if hooks is not None:
            hooks.connection_closed("server", self.name)
        if not self._closing:
            logger.warning("%s: connection lost%s", self.name, _because(cause))
            self._keeper = self._loop.create_task(self._reconnect())

    def accept(
        self, route: str, body: bytes, reply_to: str | None, carrier: Delivery
    ) -> None:
        """Handle a message, now or when there is room; drop it if too much waits.

        Args:
            route: What was subscribed to.
            body: The message.
            reply_to: Where the caller waits for replies; None for nowhere.
            carrier: What the broker says of the message.
        """
        if not self.crowded and not self._backlog:
            self.deliver(route, body, reply_to, carrier)
        elif self._backlog_size + len(body) > self.reception.limits.buffered:
            self._drop()
        else:
            self._backlog.append((route, body, reply_to, carrier))
            self._backlog_size += len(body)
            if self._feeder is None:
                self._feeder = self._loop.create_task(self._feed())

    def deliver(
        self, route: str, body: bytes, reply_to: str | None, carrier: Delivery
    ) -> None:
        """Handle a message now; the arguments are those of :meth:`accept`."""
        packet = self.read(body, carrier.channel)
        if packet is None:
            return
        identity = packet.id if isinstance(packet, Request) else UNDEFINED
        respondent = MessageRespondent(self, identity, reply_to, carrier)
        self.reception.desk.receive_for(route, packet, respondent)

    def read(self, body: bytes, channel: str) -> Request | Event | None:
        """Return the packet in a message; None, with a warning, where there is none.

        Args:
            body: The message.
            channel: Where it was sent to.
        """
        hooks = self.reception.hooks
        if hooks is not None:
            hooks.packets_received("server", 1)
            hooks.bytes_received("server", len(body))
        try:
            return _packet_in(body)
        except InvalidJsonError as error:
            logger.warning("%s: dropped what is %s", channel, error.reason)
            return None

    def _drop(self) -> None:
        """Note that a message is dropped; the 1st, 2nd, 4th, 8th … is logged."""
        self.dropped += 1
        if self.dropped & (self.dropped - 1) == 0:
            logger.warning(
                "%s: dropped %d messages so far: handlers are slower than they come",
                self.name,
                self.dropped,
            )

    # What respondents ask for.

    def reply(self, respondent: MessageRespondent, body: bytes) -> None:
        """Publish a reply soon."""
        hooks = self.reception.hooks
        if hooks is not None:
            hooks.packets_sent("server", 1)
            hooks.bytes_sent("server", len(body))
        self.publisher.put((respondent, body), len(body))

    def unhandled(self, event: Event) -> None:
        """Log an event without a handler: the 1st, 2nd, 4th, 8th of them."""
        self._unhandled += 1
        if self._unhandled & (self._unhandled - 1) == 0:
            logger.warning(
                "%s: no handler for event %.*s (%d such so far)",
                self.name,
                _SHOWN,
                spelled(event.pattern),
                self._unhandled,
            )

    # What a server calls to shut down.

    async def stop(self) -> None:
        """Take nothing new; return once all that was taken is in flight."""
        self._closing = True
        if self._keeper is not None:
            self._keeper.cancel()
        if self.connected:
            await self.unsubscribe()
        if self._feeder is not None:
            await asyncio.wait([self._feeder])

    def cancel(self) -> None:
        """Cancel the messages and events in flight."""
        if self._feeder is not None:
            self._feeder.cancel()
        super().cancel()

    async def close(self, deadline: float) -> None:
        """Let the replies leave, and disconnect."""
        self._closing = True
        if self._keeper is not None:
            self._keeper.cancel()
        try:
            async with asyncio.timeout_at(max(deadline, self._loop.time() + 1.0)):
                if self.connected:
                    await self.publisher.flush()
        except TimeoutError:
            logger.warning("%s: not all replies could leave", self.name)
        self.publisher.abandon()
        self.connected = False
        await self.disconnect()

    async def _connect(self) -> None:
        """Connect within the limit.

        Raises:
            ConnectError: The broker cannot be reached, or refuses.
        """
        try:
            async with asyncio.timeout(self.patience):
                await self.connect()
        except TimeoutError:
            raise ConnectError(
                f"cannot connect to {self.name}: no answer in time"
            ) from None
        self.number += 1
        self.connected = True
        self._up.set()
        if self.reception.hooks is not None:
            self.reception.hooks.connection_opened("server", self.name)

    async def _reconnect(self) -> None:
        await self.disconnect()
        failures = 0
        while not self.connected:
            await asyncio.sleep(self._backoff.wait(failures + 1))
            try:
                await self._connect()
            except ConnectError as error:
                failures += 1
                if failures & (failures - 1) == 0:
                    logger.warning("%s (%d attempts so far)", error, failures)
                await self.disconnect()
        logger.info("%s: connected again", self.name)

    async def _publish(self, replies: list[Reply]) -> None:
        """Publish replies, once the broker is there; lose those that cannot be.

        What was on its way as the connection was lost is not published again: it may
        have arrived.
        """
        await self._up.wait()
        try:
            await self.publish(replies)
        except ConnectError as error:
            self.lost(error)

    async def _feed(self) -> None:
        """Deliver what waits, as there is room for it."""
        try:
            while self._backlog:
                await self.room()
                message = self._backlog.popleft()
                self._backlog_size -= len(message[1])
                self.deliver(*message)
        finally:
            self._feeder = None


def _packet_in(body: bytes) -> Request | Event:
    """Return the packet in a message; what is none is the data of an event, as in Nest.

    Source: ``packages/microservices/deserializers/incoming-request.deserializer.ts``.

    Raises:
        InvalidJsonError: It is not JSON.
    """
    try:
        packet = parse_body(body)
    except UnknownPacketError:
        return Event(UNDEFINED, JsonText(body))
    if isinstance(packet, Request | Event):
        return packet
    return Event(UNDEFINED, JsonText(body))


def _because(cause: BaseException | str | None) -> str:
    text = str(cause) if cause is not None else ""
    return f": {text}" if text else ""
