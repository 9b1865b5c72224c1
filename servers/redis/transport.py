"""Redis as one of the transports by which a service is served, or a client calls."""

from __future__ import annotations

from typing import Any, ClassVar

from servers.brokers.extras import require_extra
from servers.brokers.transport import BrokerTransport
from servers.brokers.urls import checked_url, shown_url

from .connecting import Settings, made
from .subscriber import RedisSubscriber
from .wire import RedisWire

DEFAULT_URL = "redis://localhost:6379"
"""Source: ``packages/microservices/constants.ts``, ``REDIS_DEFAULT_HOST``."""


class Redis(BrokerTransport[Settings]):
    """A Redis server.

    Args:
        url: Where it is.
        wildcards: For a service: whether its routes are patterns such as ``orders.*``.
        options: More for the connections of redis-py, such as ``username``.

    Attributes:
        name: The URL, without a password.

    Raises:
        UsageError: The URL or an option is none, or redis-py is not installed.
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
        name = shown_url(checked_url(url, "redis", "rediss"))
        settings = Settings(name, url, wildcards, options)
        made(settings)
        super().__init__(settings, RedisSubscriber, RedisWire)
