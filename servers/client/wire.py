"""What a client sends its requests by, and what brings the replies back.

A :class:`Wire` is one way to the servers, such as a TCP connection; :class:`Wires` are
all that a client may use, such as the connections of a pool. The caller and the streams
know both by these protocols alone; they give them bodies, the JSON text of requests,
and a wire knows how bodies travel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Collection

    from protocol import Json

    from .breaker import Note
    from .calls import Pending
    from .packets import Bodies
    from .statuses import ServerStatus


class Wire(Protocol):
    """A way to a server, for any number of calls at a time."""

    @property
    def peer(self) -> str:
        """``host:port`` of the server."""

    @property
    def usable(self) -> bool:
        """Whether a request can be sent."""

    @property
    def write_paused(self) -> bool:
        """Whether requests wait because the server reads too slowly."""

    def check_usable(self) -> None:
        """Make sure that a request can be sent.

        Raises:
            ConnectionLostError: It cannot.
        """

    async def drained(self) -> None:
        """Wait until the server has caught up with the requests, or is gone."""

    def send(self, body: bytes) -> None:
        """Send an event.

        Args:
            body: JSON text in UTF-8.
        """

    def ask(self, identity: str, body: bytes) -> asyncio.Future[Json]:
        """Send a request; return the future of its last value.

        Args:
            identity: The id of the request.
            body: JSON text in UTF-8.
        """

    def follow(self, identity: str, body: bytes, call: Pending) -> None:
        """Send a request, all replies to which go to a call."""

    def forget(self, identity: str) -> None:
        """Drop the replies to a request."""

    def timed_out(self, seconds: float) -> None:
        """Note that a request got no reply in this time."""

    def watch(self) -> Note | None:
        """Return what takes the end of a call that begins now; None if nobody asks."""

    def written(self) -> None:
        """Note that an event was written."""

    def crowded(self) -> None:
        """Note that more values of a stream wait than should."""

    def relieved(self) -> None:
        """Note that the reader of a stream has caught up."""


class Wires(Protocol):
    """All ways to the servers of a client."""

    @property
    def bodies(self) -> Bodies:
        """How what is sent is written."""

    @property
    def alternatives(self) -> bool:
        """Whether each call has a choice, so that a wire is not used again as it is."""

    @property
    def watched(self) -> bool:
        """Whether the ends of calls are to be told to their wires."""

    @property
    def pending(self) -> int:
        """Number of calls that wait for replies."""

    @property
    def unclaimed(self) -> int:
        """Number of replies that no call waited for."""

    @property
    def status(self) -> tuple[ServerStatus, ...]:
        """What is known of each server."""

    async def connect(self) -> None:
        """Connect all ways now.

        Raises:
            ConnectError: One of them cannot be connected.
        """

    async def acquire(self, avoided: Collection[str] = ()) -> Wire:
        """Return the wire of the next call, connected now if need be.

        Args:
            avoided: The peers of wires that are better not used again.

        Raises:
            ConnectError: No server can be reached.
        """

    async def close(self) -> None:
        """Close all ways; what is written leaves first."""

    def abandon(self) -> None:
        """Let go of all ways without waiting: their event loop does not run."""
