"""A broker by which a client calls, in place of connections to servers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from servers.hooks import Hooks
    from servers.limits import Limits

    from .links import ConnectionEvent
    from .statuses import ServerStatus
    from .wire import Wires


class Terms(NamedTuple):
    """What a client gives to what carries its calls.

    Attributes:
        limits: How much may wait, and how long things may take.
        hooks: Callbacks for connections, bytes and calls; None for no callbacks.
        notify: Called with what happens to the connection.
        changed: Called with each status that may have changed.
        persistent: Whether calls wait for a broker that cannot be reached, up to their
            timeout, rather than fail.
    """

    limits: Limits
    hooks: Hooks | None
    notify: Callable[[ConnectionEvent], None]
    changed: Callable[[ServerStatus], None]
    persistent: bool = False


class Broker(Protocol):
    """What stands between a client and services."""

    @property
    def name(self) -> str:
        """The broker, as errors name it, without a password."""

    def wires(self, terms: Terms) -> Wires:
        """Return the ways by the broker, on the event loop that runs.

        Nothing is connected before the first call.
        """
