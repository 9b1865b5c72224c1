"""A service at a NATS server: a subscription for each route, replies to inboxes.

Source: ``packages/microservices/server/server-nats.ts``, ``bindEvents``,
``handleMessage`` and ``getPublisher``.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from protocol import dumps
from protocol.carriage import is_subject
from servers.brokers.subscribing import Reply, Subscriber
from servers.errors import ConnectError
from servers.logs import logger_of
from servers.server.calls import INTERNAL_ERROR
from servers.server.replies import error_body

from .connecting import connect, settled
from .messages import NatsMessage

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from nats.aio.client import Client
    from nats.aio.msg import Msg
    from nats.aio.subscription import Subscription

    from servers.server.endpoints import Reception

    from .connecting import Settings

logger = logger_of("server")


class NatsSubscriber(Subscriber):
    """A service at a NATS server.

    Args:
        settings: Where the NATS server is, and the group of the service.
        reception: What the server of the service gives.
    """

    def __init__(self, settings: Settings, reception: Reception) -> None:
        super().__init__(settings.name, reception)
        self._settings = settings
        self._client: Client | None = None
        self._subscriptions: list[Subscription] = []

    async def connect(self) -> None:
        """Connect, and subscribe to the routes.

        Raises:
            ConnectError: The server cannot be reached, or refuses.
        """
        self._client = client = await connect(self._settings, self.lost)
        for route in self._subjects():
            subscription = await client.subscribe(
                route,
                self._settings.queue,
                self._receiver(route),
                pending_msgs_limit=0,  # what waits is ours to bound: …
                pending_bytes_limit=0,  # … nats-py would drop it unseen
            )
            self._subscriptions.append(subscription)
        await settled(client, self.name)

    def _subjects(self) -> list[str]:
        """Return the routes that are subjects; warn of the others."""
        routes = dict.fromkeys(handler.route for handler in self.reception.routes)
        unreachable = [each for each in routes if not is_subject(each)]
        if unreachable and not self.number:
            logger.warning(
                "%s: no subject can have a space, so these are not reached: %s",
                self.name,
                ", ".join(map(repr, unreachable)),
            )
        return [each for each in routes if is_subject(each)]

    def _receiver(self, route: str) -> Callable[[Msg], Awaitable[None]]:
        async def receive(message: Msg) -> None:
            subject, reply = message.subject, message.reply
            carrier = NatsMessage(subject, message.headers or {}, reply)
            self.accept(route, message.data, reply or None, carrier)

        return receive

    async def publish(self, replies: list[Reply]) -> None:
        """Publish replies, in their order.

        Raises:
            ConnectError: The connection is lost.
        """
        from nats.errors import Error  # noqa: PLC0415 — an extra

        client = self._client
        assert client is not None
        try:
            for respondent, body in replies:
                fitting = body
                if len(body) > client.max_payload:
                    fitting = self._too_large(body, respondent.identity)
                await client.publish(respondent.reply_to or "", fitting)
        except (OSError, Error) as error:
            raise ConnectError(str(error)) from error
        if client.pending_data_size > self.reception.limits.write_high:
            await settled(client, self.name)

    def _too_large(self, body: bytes, identity: Any) -> bytes:  # noqa: ANN401 — JSON
        """Return the reply instead of one that the server would refuse."""
        assert self._client is not None
        logger.error(
            "%s: a reply of %d bytes is above the server's max_payload of %d",
            self.name,
            len(body),
            self._client.max_payload,
        )
        return error_body(INTERNAL_ERROR, dumps(identity))

    async def unsubscribe(self) -> None:
        """Take nothing new; return once all that was taken is accepted."""
        client, leaving = self._client, self._subscriptions
        self._subscriptions = []
        if client is None:
            return
        # nats-py's own drain() forgets the subscription before the server does: its
        # PING overtakes the UNSUB, and what comes in between would be lost.
        with suppress(ConnectError):  # then nothing new comes, either
            for each in leaving:
                await client._send_unsubscribe(each._id)  # noqa: SLF001
            await settled(client, self.name)
        # Nothing tells that a subscription has given all that it had.
        while any(each.pending_msgs for each in leaving) and client.is_connected:  # noqa: ASYNC110
            await asyncio.sleep(0)

    async def disconnect(self) -> None:
        """Close the connection, if there is one."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()
