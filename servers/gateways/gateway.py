"""What gateways have in common: who is there, rooms, hooks, and who may come."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from servers.errors import ListenError

from .clients import GatewayClient
from .crowds import Audience, Crowd

if TYPE_CHECKING:
    from protocol import Json
    from servers.server.endpoints import Reception

    from .halls import Hall
    from .settings import Settings

OnConnect = TypeVar("OnConnect", bound=Callable[[GatewayClient], Any])
OnDisconnect = TypeVar("OnDisconnect", bound=Callable[[GatewayClient, str], Any])


class Gateway(ABC):
    """A :class:`~servers.server.endpoints.Transport` that browsers use.

    Args:
        settings: Who may come.
    """

    def __init__(self, settings: Settings) -> None:
        self.crowd: Crowd[GatewayClient] = Crowd()
        self._settings = settings
        self._hall: Hall | None = None

    @property
    @abstractmethod
    def name(self) -> str:
        """Its address."""

    @property
    def unshared(self) -> str:
        """Why several processes cannot serve it together."""
        return (
            f"would each have clients of {self.name} that the others do not know: run "
            "one process for each port, and let them talk through a broker"
        )

    @property
    def shared(self) -> bool:
        """Whether several processes can serve it together: they cannot."""
        return False

    @property
    def clients(self) -> Mapping[str, GatewayClient]:
        """Id → client, of those who are connected now."""
        return MappingProxyType(self.crowd.clients)

    def on_connect(self, hook: OnConnect) -> OnConnect:
        """Call a function with each new client, before its first message is handled.

        Args:
            hook: A plain function, or a coroutine function. The client of one that
                fails is disconnected.
        """
        self._settings.on_connect.append(hook)
        return hook

    def on_disconnect(self, hook: OnDisconnect) -> OnDisconnect:
        """Call a function with each client that has gone, and why it has.

        Args:
            hook: A plain function, or a coroutine function.
        """
        self._settings.on_disconnect.append(hook)
        return hook

    def to(self, *rooms: str) -> Audience[GatewayClient]:
        """Return the clients in any of some rooms; an id is the room of one client."""
        return Audience(self, rooms)

    def emit(self, event: str, *data: Json) -> int:
        """Send an event to all clients, from anywhere on the event loop.

        Returns:
            How many there are.

        Raises:
            EncodeError: JSON cannot hold the data.
            UsageError: The event is one of Socket.IO's own.
        """
        return Audience(self).emit(event, *data)

    @abstractmethod
    def event_text(self, event: str, data: tuple[Json, ...]) -> str:
        """Return an event as it travels.

        Raises:
            EncodeError: JSON cannot hold the data.
            UsageError: The event is one of Socket.IO's own.
        """

    async def attend(self, reception: Reception) -> Hall:
        """Listen, and give what comes to a service.

        Raises:
            ListenError: The address is in use, does not resolve, or is not ours; or
                another service has the gateway.
        """
        if self._hall is not None and not self._hall.closing:
            raise ListenError(f"{self.name} is open already")
        self._hall = await self.open(reception)
        return self._hall

    @abstractmethod
    async def open(self, reception: Reception) -> Hall:
        """Listen.

        Raises:
            ListenError: The address is in use, does not resolve, or is not ours.
        """
