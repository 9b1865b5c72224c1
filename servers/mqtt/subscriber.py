"""A service by MQTT: a subscription for each route, replies to ``topic/reply``.

Source: ``packages/microservices/server/server-mqtt.ts``, ``bindEvents``,
``getHandlerByPattern``, ``handleMessage`` and ``getPublisher``.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from protocol.carriage import is_topic_filter, parse_request, reply_topic
from servers.brokers.subscribing import Reply, Subscriber
from servers.brokers.wildcards import WildcardRoutes, Wildcards
from servers.errors import ConnectError
from servers.logs import logger_of

from .connecting import Link, Listener
from .messages import message_of
from .packets import Envelope, properties_field, string_field

if TYPE_CHECKING:
    from servers.server.endpoints import Reception

    from .connecting import Settings
    from .packets import Arrived

logger = logger_of("server")

_WILDCARDS = Wildcards("/", "+", "#")
_SHARED = "$share/"
_REPLIES = reply_topic("")


class MqttSubscriber(Subscriber):
    """A service at a broker of MQTT.

    Args:
        settings: Where the broker is, and how it is used.
        reception: What the server of the service gives.
    """

    def __init__(self, settings: Settings, reception: Reception) -> None:
        super().__init__(settings.name, reception)
        self._settings = settings
        self._link: Link | None = None
        newest = settings.options.version == "5"
        self._properties = properties_field({}) if newest else b""
        self._leaving = False  # whether what comes is for another time
        self._routes: dict[str, str] = {}  # filter without a group to route
        self._filters: dict[str, int] = {}  # as they are subscribed to, to their QoS
        self._plan()
        self._wild = WildcardRoutes(_WILDCARDS, self._routes.items())

    def _plan(self) -> None:
        """Find out what to subscribe to; warn of routes that no topic has."""
        options, unreachable = self._settings.options, list[str]()
        for route in dict.fromkeys(each.route for each in self.reception.routes):
            bare = _without_group(route)
            if not is_topic_filter(bare):
                unreachable.append(route)
                continue
            named = f"{_SHARED}{options.group}/{bare}" if options.group else route
            self._routes.setdefault(bare, route)
            self._filters[named] = options.qos_of.get(route, options.qos)
        if unreachable:
            logger.warning(
                "%s: no topic can be named so, so these are not reached: %s",
                self.name,
                ", ".join(map(repr, unreachable)),
            )

    async def connect(self) -> None:
        """Connect, and subscribe to the routes.

        Raises:
            ConnectError: The broker cannot be reached, or refuses.
        """
        listener = Listener(self._heard, _ignore, self.lost)
        self._link = link = Link(self._settings, listener)
        await link.open()
        await link.subscribe(self._filters)

    def _heard(self, message: Arrived) -> None:
        if self._leaving:
            return
        if self._link is not None:
            self._link.acknowledge(message)
        topic, body = message.topic, message.body
        route = self._routes.get(topic) or self._wild.find(topic)
        if route is None:
            return
        # A wildcard also matches where replies go, which are not for handlers.
        overheard = topic.endswith(_REPLIES) and topic not in self._routes
        if overheard and parse_request(body) is None:
            return
        self.accept(route, body, reply_topic(topic), message_of(message))

    async def publish(self, replies: list[Reply]) -> None:
        """Publish replies, in their order.

        Raises:
            ConnectError: The connection is lost.
        """
        link, qos = self._link, self._settings.options.qos
        assert link is not None
        for respondent, body in replies:
            topic = string_field(respondent.reply_to or "")
            envelope = Envelope(topic, qos, retain=False, properties=self._properties)
            link.publish(envelope, body)
        await link.drained()

    async def unsubscribe(self) -> None:
        """Take nothing new; return once all that was taken is accepted.

        A session stays subscribed, and keeps what is not acknowledged from now on.
        """
        self._leaving = bool(self._settings.options.session)
        if self._link is not None and not self._leaving:
            with suppress(ConnectError):  # then nothing new comes, either
                await self._link.unsubscribe([*self._filters])

    async def disconnect(self) -> None:
        """Close the connection, if there is one."""
        link, self._link = self._link, None
        if link is not None:
            await link.close()


def _without_group(route: str) -> str:
    """Return a route as its messages know it.

    Source: ``packages/microservices/server/server-mqtt.ts``,
    ``removeHandlerKeySharedPrefix``.
    """
    return route.split("/", 2)[-1] if route.startswith(_SHARED) else route


def _ignore(_: int, __: int) -> None:
    """Take no note of a reply that nobody hears: its caller is gone."""
