"""What serves a service over a broker or to browsers, beside its own sockets.

::

    Transport ─► attend(reception) ─► Endpoint ─► desk.receive_for(route, packet, …)

A :class:`Transport` says where the broker is. What it gives, an :class:`Endpoint`, has
subscribed to the routes of the service, brings their messages to the desk, and is ended
with the server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Collection

    from servers.hooks import Hooks
    from servers.limits import Limits

    from .desk import Desk
    from .respondent import Running
    from .routes import Routes


class Reception(NamedTuple):
    """What a server gives to those that bring it messages.

    Attributes:
        server: The server.
        desk: What handles packets.
        routes: What there are handlers for.
        limits: How much may be in flight, and how long things may take.
        hooks: Callbacks for connections, bytes and calls; None for no callbacks.
    """

    server: Running
    desk: Desk
    routes: Routes
    limits: Limits
    hooks: Hooks | None


class Endpoint(Protocol):
    """A service where a broker reaches it."""

    @property
    def name(self) -> str:
        """The broker, as logs name it, without a password."""

    @property
    def connected(self) -> bool:
        """Whether the broker can deliver messages now."""

    @property
    def connections(self) -> int:
        """How many connections are open: to a broker, or of clients."""

    @property
    def tasks(self) -> Collection[asyncio.Task[None]]:
        """The messages and events in flight."""

    async def stop(self) -> None:
        """Take nothing new; return once all that was taken is in flight."""

    def cancel(self) -> None:
        """Cancel the messages and events in flight."""

    async def close(self, deadline: float) -> None:
        """Let the replies leave, and disconnect.

        Args:
            deadline: The time on the event loop's clock when it is given up.
        """


class Transport(Protocol):
    """A broker, or a gateway, by which a service can be reached."""

    @property
    def name(self) -> str:
        """The broker, as errors name it, without a password."""

    @property
    def shared(self) -> bool:
        """Whether several processes that serve share the messages among them.

        Where they do not, each of them handles every message; or else an attribute
        ``unshared`` says why they cannot serve it together.
        """

    async def attend(self, reception: Reception) -> Endpoint:
        """Connect, and subscribe to the routes of a service.

        Raises:
            ListenError: The broker cannot be reached, or refuses.
        """
