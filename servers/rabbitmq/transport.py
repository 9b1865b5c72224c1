"""RabbitMQ as one of the transports by which a service is served, or a client calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from servers.brokers.extras import require_extra
from servers.brokers.transport import BrokerTransport
from servers.brokers.urls import checked_urls, shown_url
from servers.errors import UsageError

from .connecting import Settings
from .options import Options
from .subscriber import RabbitSubscriber
from .transactions import Transactions
from .wire import RabbitWire

if TYPE_CHECKING:
    from collections.abc import Sequence

    from servers.brokers.ways import BrokerWires
    from servers.client.brokers import Terms

_NUMBERS = ("heartbeat", "timeout")
_FILES = ("cafile", "capath", "cadata", "certfile", "keyfile", "no_verify_ssl")
_QUERY = (*_NUMBERS, *_FILES, "auth", "name")
"""What a URL may have after its question mark; aiormq, ``Connection``."""

DEFAULT_URL = "amqp://localhost"
"""Source: ``packages/microservices/constants.ts``, ``RQM_DEFAULT_URL``."""


class RabbitMQ(BrokerTransport[Settings]):
    """A RabbitMQ, or a cluster of its nodes.

    Args:
        url: Where it is, and its virtual host; several URLs for a cluster, of which the
            first that answers is used.
        options: How it is used: see :class:`~servers.rabbitmq.options.Options`.

    Attributes:
        name: The URLs, without passwords.

    Raises:
        UsageError: A URL or an option is none, or aiormq is not installed.
    """

    def __init__(
        self,
        url: str | Sequence[str] = DEFAULT_URL,
        **options: Any,  # noqa: ANN401 — the fields of Options
    ) -> None:
        require_extra("aiormq", "rabbitmq")
        urls = checked_urls(url, "amqp", "amqps")
        for each in urls:
            _check_query(each)
        name = ",".join(map(shown_url, urls))
        try:
            chosen = Options(**options)
        except TypeError as error:
            raise UsageError(f"RabbitMQ: {error}") from None
        settings = Settings(name, urls, chosen)
        super().__init__(settings, RabbitSubscriber, RabbitWire)

    @property
    def shared(self) -> bool:
        """Whether several processes share the messages: where the queue has a name."""
        options = self._settings.options
        return bool(options.queue) and not options.exclusive

    def wires(self, terms: Terms) -> BrokerWires:
        """Return the way of a client.

        Raises:
            UsageError: It has neither a queue nor an exchange to publish to.
        """
        options = self._settings.options
        if not options.queue and not options.routed:
            raise UsageError("a client needs the queue of the service, or its exchange")
        return super().wires(terms)

    def transactions(self) -> Transactions:
        """Return a connection whose events leave together; ``async with`` opens it."""
        return Transactions(self._settings)


def _check_query(url: str) -> None:
    """Refuse what aiormq would pass over.

    Raises:
        UsageError: There is no such option, or it is no such value.
    """
    for name, value in parse_qsl(urlsplit(url).query, keep_blank_values=True):
        if name not in _QUERY:
            raise UsageError(f"{shown_url(url)}: there is no option {name!r}")
        if name in _NUMBERS and not value.isdecimal():
            raise UsageError(f"{name} cannot be {value!r}")
