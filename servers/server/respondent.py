"""The way back of a call: what handlers' replies need of whatever brought the packet.

A :class:`Respondent` is one peer, as a TCP connection is, or one request, as a message
of a broker would be. Desk, calls and streams know it by this protocol alone; they give
it bodies, which are the JSON text of replies, and it knows how bodies travel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from protocol import Event
    from servers.deliveries import Delivery
    from servers.hooks import Hooks

    from .states import State


class Running(Protocol):
    """The server that a packet came to."""

    @property
    def state(self) -> Any:  # noqa: ANN401 — whatever the lifespan yields
        """What the lifespan of the service yielded; None without one."""

    @property
    def connections(self) -> int:
        """Number of open connections."""

    @property
    def in_flight(self) -> int:
        """Number of messages and events being handled."""

    @property
    def health(self) -> State:
        """What the server is doing."""

    def exit(self, error: BaseException) -> None:
        """End the program, as a handler asks by KeyboardInterrupt or SystemExit."""


class Respondent(Protocol):
    """Where the replies to a packet go."""

    @property
    def server(self) -> Running:
        """The server that the packet came to."""

    @property
    def peer(self) -> str:
        """Name of the caller, such as ``host:port``."""

    @property
    def number(self) -> int:
        """Number of the connection, from 1, in the order they were accepted."""

    @property
    def carrier(self) -> Delivery | None:
        """What a broker says of the message that asked; None over TCP."""

    @property
    def hooks(self) -> Hooks | None:
        """Callbacks for calls; None for no callbacks."""

    @property
    def write_paused(self) -> bool:
        """Whether replies wait because the caller reads too slowly."""

    @property
    def starting(self) -> bool:
        """Whether a task was started that has not run yet."""

    def send(self, body: bytes) -> None:
        """Send a reply.

        Args:
            body: JSON text in UTF-8.
        """

    def start(self, work: Coroutine[Any, Any, None], *, stream: bool = False) -> None:
        """Run work in a task, which counts as a message in flight until it finishes.

        Args:
            work: What to run; it calls :meth:`finished` at its end.
            stream: Whether the work is pointless once the caller is gone.
        """

    def streaming(self) -> None:
        """Note that the current task, which :meth:`start` began, is a stream now."""

    def finished(self) -> None:
        """Note that the current task, which :meth:`start` began, is done."""

    async def drained(self) -> None:
        """Wait until the caller has caught up with the replies, or is gone."""

    def retry(self) -> bool:
        """Whether the message is handled again, since its handler asks for that."""

    def unhandled(self, event: Event) -> None:
        """Report an event that has no handler."""
