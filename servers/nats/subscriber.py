"""A service at a NATS server: a subscription for each route, replies to inboxes.

Source: ``packages/microservices/server/server-nats.ts``, ``bindEvents``,
``handleMessage`` and ``getPublisher``.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from protocol import dumps
from protocol.carriage import is_subject
from servers.brokers.subscribing import Reply, Subscriber
from servers.errors import ConnectError
from servers.logs import logger_of
from servers.server.calls import INTERNAL_ERROR
from servers.server.replies import error_body

from .connecting import connect
from .messages import NatsMessage
from .operations import published

if TYPE_CHECKING:
    from servers.server.endpoints import Reception

    from .connecting import Link, Receiver, Settings
    from .operations import Arrived

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
        self._link: Link | None = None

    async def connect(self) -> None:
        """Connect, and subscribe to the routes.

        Raises:
            ConnectError: The server cannot be reached, or refuses.
        """
        self._link = link = await connect(self._settings, self.lost)
        for route in self._subjects():
            await link.subscribe(route, self._settings.queue, self._receiver(route))
        await link.settled()

    def _subjects(self) -> list[str]:
        """Return the routes that are subjects; warn of the others."""
        routes = dict.fromkeys(handler.route for handler in self.reception.routes)
        unreachable = [each for each in routes if not _can_be_subscribed(each)]
        if unreachable and not self.number:
            logger.warning(
                "%s: no subject can have a space, an empty part or a wildcard amid "
                "one, so these are not reached: %s",
                self.name,
                ", ".join(map(repr, unreachable)),
            )
        return [each for each in routes if each not in unreachable]

    def _receiver(self, route: str) -> Receiver:
        def receive(arrived: list[Arrived]) -> None:
            for _, subject, reply, body, headers in arrived:
                carrier = NatsMessage(subject, headers, reply)
                self.accept(route, body, reply or None, carrier)

        return receive

    async def publish(self, replies: list[Reply]) -> None:
        """Publish replies, in their order.

        Raises:
            ConnectError: The connection is lost.
        """
        link = self._link
        assert link is not None
        largest = link.max_payload
        operations = []
        for respondent, body in replies:
            fitting = body
            if len(body) > largest:
                fitting = self._too_large(body, respondent.identity, largest)
            operations.append(published(respondent.reply_to or "", "", b"", fitting))
        link.write(b"".join(operations))
        await link.drained()

    def _too_large(self, body: bytes, identity: Any, largest: int) -> bytes:  # noqa: ANN401 — JSON
        """Return the reply instead of one that the server would refuse."""
        logger.error(
            "%s: a reply of %d bytes is above the server's max_payload of %d",
            self.name,
            len(body),
            largest,
        )
        return error_body(INTERNAL_ERROR, dumps(identity))

    async def unsubscribe(self) -> None:
        """Take nothing new; return once all that was taken is accepted."""
        if self._link is not None:
            with suppress(ConnectError):  # then nothing new comes, either
                await self._link.unsubscribe()

    async def disconnect(self) -> None:
        """Close the connection, if there is one."""
        link, self._link = self._link, None
        if link is not None:
            await link.close()


def _can_be_subscribed(route: str) -> bool:
    """Whether a route is a subject, with or without wildcards, that nats-py accepts."""
    *parts, last = route.split(".")
    plain = [each for each in (*parts, last) if each not in ("*", ">")]
    whole = all(each and "*" not in each and ">" not in each for each in plain)
    return is_subject(route) and whole and ">" not in parts
