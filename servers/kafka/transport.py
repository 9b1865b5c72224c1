"""Kafka as one of the transports by which a service is served, or a client calls."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from servers.brokers.extras import require_extra
from servers.brokers.transport import BrokerTransport
from servers.brokers.urls import checked_urls, shown_url
from servers.brokers.ways import BrokerWires
from servers.errors import UsageError

from .connecting import Settings
from .letters import LETTERS
from .options import Options
from .subscriber import KafkaSubscriber
from .wire import KafkaWire

if TYPE_CHECKING:
    from collections.abc import Sequence

    from servers.client.brokers import Terms
    from servers.client.packets import Bodies

DEFAULT_URL = "localhost:9092"
"""Source: ``packages/microservices/constants.ts``, ``KAFKA_DEFAULT_BROKER``."""


class KafkaWires(BrokerWires):
    """The way of a client, whose letters are data alone."""

    bodies: ClassVar[Bodies] = LETTERS


class Kafka(BrokerTransport[Settings]):
    """Kafka, or whatever speaks its protocol.

    Args:
        url: One broker, by which the others are found, or several: ``host:port``,
            ``kafka://host:port`` or, with TLS, ``kafkas://host:port``; with a user and
            a password for SASL.
        options: How it is used: see :class:`~servers.kafka.options.Options`.

    Attributes:
        name: The URLs, without passwords.

    Raises:
        UsageError: A URL or an option is none, or aiokafka is not installed.
    """

    def __init__(
        self,
        url: str | Sequence[str] = DEFAULT_URL,
        **options: Any,  # noqa: ANN401 — the fields of Options
    ) -> None:
        require_extra("aiokafka", "kafka")
        given = [url] if isinstance(url, str) else list(url)
        full = [each if "://" in each else f"kafka://{each}" for each in given]
        urls = checked_urls(full, "kafka", "kafkas")
        try:
            chosen = Options(**options)
        except TypeError as error:
            raise UsageError(f"Kafka: {error}") from None
        name = ",".join(map(shown_url, urls))
        super().__init__(Settings(name, urls, chosen), KafkaSubscriber, KafkaWire)

    @property
    def shared(self) -> bool:
        """Whether several processes share the messages: they are one group."""
        return True

    def wires(self, terms: Terms) -> BrokerWires:
        """Return the way of a client."""
        return KafkaWires(self.name, terms, partial(KafkaWire, self._settings, terms))
