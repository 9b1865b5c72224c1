"""A broker as one of the transports by which a service is served, or a client calls."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from .ways import BrokerWires

if TYPE_CHECKING:
    from collections.abc import Callable

    from servers.client.brokers import Terms
    from servers.server.endpoints import Reception

    from .subscribing import Subscriber
    from .wires import BrokerWire


class Named(Protocol):
    """Where a broker is, and how it is used."""

    @property
    def name(self) -> str:
        """The broker, without a password."""


S = TypeVar("S", bound=Named)


class BrokerTransport(Generic[S]):
    """A broker.

    Args:
        settings: Where it is, and how it is used.
        subscriber: Makes a service there, which is not connected.
        wire: Makes a connection of a client, which is not connected, from what is
            called at its end.

    Attributes:
        name: The broker, without a password.
    """

    def __init__(
        self,
        settings: S,
        subscriber: Callable[[S, Reception], Subscriber],
        wire: Callable[[S, Terms, Callable[[Exception | None], None]], BrokerWire],
    ) -> None:
        self.name = settings.name
        self._settings = settings
        self._subscriber = subscriber
        self._wire = wire

    async def attend(self, reception: Reception) -> Subscriber:
        """Connect, and subscribe to the routes of a service.

        Raises:
            ListenError: The broker cannot be reached, or refuses.
        """
        subscriber = self._subscriber(self._settings, reception)
        await subscriber.begin()
        return subscriber

    def wires(self, terms: Terms) -> BrokerWires:
        """Return the way of a client.

        Raises:
            UsageError: The settings are not those of a client.
        """
        return BrokerWires(self.name, terms, partial(self._wire, self._settings, terms))
