"""NATS as one of the transports by which a service is served, or a client calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from servers.brokers.extras import require_extra
from servers.brokers.transport import BrokerTransport
from servers.brokers.urls import checked_urls, shown_url
from servers.errors import UsageError

from .connecting import Settings
from .operations import header_block
from .subscriber import NatsSubscriber
from .wire import NatsWire

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


DEFAULT_URL = "nats://localhost:4222"
"""Source: ``packages/microservices/constants.ts``, ``NATS_DEFAULT_URL``."""


class Nats(BrokerTransport[Settings]):
    """A NATS server, or a cluster of them.

    Args:
        url: Where it is; several URLs for a cluster.
        queue: For a service: the group of its instances, each message to one of which
            is delivered. Without one, every instance gets every message, as in Nest.
        headers: For a client: sent with each message.
        options: More for ``nats.connect``, such as ``user_credentials`` or ``tls``.

    Attributes:
        name: The URLs, without passwords.

    Raises:
        UsageError: A URL or the name of a header is none, or nats-py is not
            installed.
    """

    def __init__(
        self,
        url: str | Sequence[str] = DEFAULT_URL,
        *,
        queue: str = "",
        headers: Mapping[str, str] | None = None,
        **options: Any,  # noqa: ANN401 — of nats-py
    ) -> None:
        require_extra("nats", "nats")
        urls = checked_urls(url, "nats", "tls", "ws", "wss")
        try:
            header_block(headers or {})
        except ValueError as error:
            raise UsageError(str(error)) from error
        name = ",".join(map(shown_url, urls))
        settings = Settings(name, urls, queue, dict(headers or {}), options)
        super().__init__(settings, NatsSubscriber, NatsWire)

    @property
    def shared(self) -> bool:
        """Whether several processes share the messages: where there is a group."""
        return bool(self._settings.queue)
