"""Redis as one of the transports by which a service is served, or a client calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from servers.brokers.extras import require_extra
from servers.brokers.urls import checked_url, shown_url
from servers.brokers.ways import BrokerWires

from .connecting import Settings
from .subscriber import RedisSubscriber
from .wire import RedisWire

if TYPE_CHECKING:
    from servers.client.brokers import Terms
    from servers.server.endpoints import Reception

DEFAULT_URL = "redis://localhost:6379"
"""Source: ``packages/microservices/constants.ts``, ``REDIS_DEFAULT_HOST``."""


class Redis:
    """A Redis server.

    Args:
        url: Where it is.
        wildcards: For a service: whether its routes are patterns such as ``orders.*``.
        options: More for the connections of redis-py, such as ``username``.

    Attributes:
        name: The URL, without a password.

    Raises:
        UsageError: The URL is none, or redis-py is not installed.
    """

    shared: ClassVar[bool] = False  # Redis has no groups: every instance hears all

    def __init__(
        self,
        url: str = DEFAULT_URL,
        *,
        wildcards: bool = False,
        **options: Any,  # noqa: ANN401 — of redis-py
    ) -> None:
        require_extra("redis", "redis")
        self.name = shown_url(checked_url(url, "redis", "rediss"))
        self._settings = Settings(self.name, url, wildcards, options)

    async def attend(self, reception: Reception) -> RedisSubscriber:
        """Connect, and subscribe to the routes of a service.

        Raises:
            ListenError: The server cannot be reached, or refuses.
        """
        subscriber = RedisSubscriber(self._settings, reception)
        await subscriber.begin()
        return subscriber

    def wires(self, terms: Terms) -> BrokerWires:
        """Return the way of a client."""
        return BrokerWires(
            self.name, terms, lambda lost: RedisWire(self._settings, terms, lost)
        )
