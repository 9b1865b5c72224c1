"""A service at a RabbitMQ: a queue, whose messages go to handlers by their patterns.

Source: ``packages/microservices/server/server-rmq.ts``, ``handleMessage``,
``handleEvent``, ``getHandlerByPattern`` and ``sendMessage``.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from protocol import Request
from servers.brokers.subscribing import Reply, Subscriber
from servers.brokers.wildcards import WildcardRoutes, Wildcards
from servers.errors import ConnectError

from .connecting import connect
from .declaring import bind, declare_queue
from .frames import Delivered, published, rejected, route_to
from .handling import Acknowledgement, Handling
from .passage import CHANNEL
from .properties import Properties, Stamp, addresses

if TYPE_CHECKING:
    from protocol import Event
    from servers.server.endpoints import Reception

    from .connecting import Link, Settings
    from .frames import Taken
    from .options import Options

_WILDCARDS = Wildcards(".", "*", "#")
_REPLY = Stamp(Properties())  # as Nest's, which have a correlation id and nothing else


class RabbitSubscriber(Subscriber):
    """A service at a RabbitMQ.

    Args:
        settings: Where the broker is, and the queue of the service.
        reception: What the server of the service gives.
    """

    def __init__(self, settings: Settings, reception: Reception) -> None:
        super().__init__(settings.name, reception)
        self._settings = settings
        self._link: Link | None = None
        self._consumer = ""
        self._kept: deque[Delivered] = deque()  # for which there is no room yet …
        self._kept_size = 0  # … and its bytes
        self._follower: asyncio.Task[None] | None = None
        routes = [(each.route, each.route) for each in reception.routes]
        self._wild = WildcardRoutes(
            _WILDCARDS, routes if self.options.wildcards else ()
        )

    @property
    def options(self) -> Options:
        """How the broker is used."""
        return self._settings.options

    async def connect(self) -> None:
        """Connect, and consume from the queue.

        Raises:
            ConnectError: The broker cannot be reached, or refuses.
        """
        if self.options.ack != "none":
            self._forget()  # all of it is delivered again
        await connect(self._settings, self._take, self.lost, self._prepare)

    async def _prepare(self, link: Link) -> None:
        """Declare the queue, bind it, consume from it.

        Raises:
            AMQPError: The broker refuses.
            ConnectError: There is such a queue with other flags.
        """
        self._link = link
        options = self.options
        queue = await declare_queue(link.channel, options)
        routes = (handler.route for handler in self.reception.routes)
        await bind(link.channel, queue, options, routes)
        if options.prefetch and options.ack != "none":
            await link.channel.basic_qos(prefetch_count=options.prefetch)
        consuming = await link.channel.basic_consume(
            queue,
            _never,
            no_ack=options.ack == "none",
            consumer_tag=options.consumer_tag or None,
        )
        self._consumer = consuming.consumer_tag or ""

    def _take(self, taken: list[Taken]) -> None:
        """Handle what was delivered, or keep it until there is room."""
        for each in taken:
            if not isinstance(each, Delivered):
                continue  # what is returned was a reply: its caller is gone
            if self._kept or self.crowded:
                self._keep(each)
            else:
                self._handle(each)

    def _keep(self, delivered: Delivered) -> None:
        self._kept.append(delivered)
        self._kept_size += len(delivered.body)
        if self._kept_size > self.reception.limits.buffered and self._link is not None:
            self._link.hold()
        if self._follower is None:
            self._follower = asyncio.get_running_loop().create_task(self._catch_up())

    async def _catch_up(self) -> None:
        """Handle what was kept, as there is room."""
        try:
            while self._kept:
                await self.room()
                if not self._kept:
                    return
                delivered = self._kept.popleft()
                self._kept_size -= len(delivered.body)
                if self._kept_size <= self.reception.limits.buffered // 2:
                    self._read_on()
                self._handle(delivered)
        finally:
            self._follower = None

    def _read_on(self) -> None:
        if self._link is not None:
            self._link.resume()

    def _forget(self) -> None:
        self._kept.clear()
        self._kept_size = 0

    def _handle(self, delivered: Delivered) -> None:
        link = self._link
        assert link is not None
        handling = Handling(self, link, delivered, *addresses(delivered.properties))
        packet = self.read(delivered.body, delivered.routing_key)
        if packet is None:
            handling.ended("error")
            handling.settle("reject")
            return
        if isinstance(packet, Request):
            handling.identity = packet.id
        route, desk = self._route_of(packet), self.reception.desk
        if route is None:
            desk.receive(packet, handling)
        else:
            desk.receive_for(route, packet, handling)
        handling.ended("completed")

    def _route_of(self, packet: Request | Event) -> str | None:
        """Return the route with wildcards for what has no route of its own."""
        pattern = packet.pattern
        if not self.options.wildcards or self.reception.routes.find(pattern):
            return None
        return self._wild.find(pattern) if isinstance(pattern, str) else None

    async def publish(self, replies: list[Reply]) -> None:
        """Publish replies and acknowledgements, in their order.

        Raises:
            ConnectError: The connection is lost.
        """
        link = self._link
        assert link is not None
        frames: list[bytes] = []
        for respondent, body in replies:
            assert isinstance(respondent, Handling)
            if isinstance(body, Acknowledgement):
                if respondent.link is link:
                    frames.append(body)
            elif not respondent.outdated:
                frames.append(_reply(respondent, body, link.largest))
        link.write(b"".join(frames))
        try:
            await link.drained()
        except ConnectionError as error:
            raise ConnectError(str(error)) from error

    async def unsubscribe(self) -> None:
        """Take nothing new; return once all that was taken is being handled.

        What waits for room and is not acknowledged goes to another instance at once.
        """
        from aiormq.exceptions import AMQPError  # noqa: PLC0415 — an extra

        link = self._link
        assert link is not None
        try:
            await link.channel.basic_cancel(self._consumer)
        except (OSError, AMQPError):
            return  # the connection is lost, which is told elsewhere
        if self.options.ack != "none":
            back = [rejected(CHANNEL, each.tag, requeue=True) for each in self._kept]
            link.write(b"".join(back))
            self._forget()
        self._read_on()
        if self._follower is not None:
            await asyncio.wait([self._follower])

    def cancel(self) -> None:
        """Cancel the messages and events in flight."""
        if self._follower is not None:
            self._follower.cancel()
        super().cancel()

    async def disconnect(self) -> None:
        """Close the connection, if there is one."""
        link, self._link = self._link, None
        if link is not None:
            await link.close()


def _reply(handling: Handling, body: bytes, largest: int) -> bytes:
    """Return the frames of a reply."""
    route = route_to("", handling.reply_to or "", CHANNEL, mandatory=False)
    return published(route, _REPLY.on(handling.correlation), body, CHANNEL, largest)


async def _never(_: object) -> None:
    """Do nothing: messages do not come this way."""
