"""Who is connected: what a handler can do with whoever asked."""

from __future__ import annotations

import asyncio
from itertools import count
from typing import TYPE_CHECKING, Any, Protocol

from servers.errors import ConnectionLostError, RequestTimeoutError, UsageError

from .crowds import Audience

if TYPE_CHECKING:
    from protocol import Json
    from servers.server.work import Work

    from .crowds import Speaker
    from .handshakes import Handshake


class Line(Protocol):
    """What carries texts to a client."""

    @property
    def paused(self) -> bool:
        """Whether more waits to be sent than should."""

    def put(self, text: str) -> None:
        """Send a text soon; a client that lets too much wait is disconnected."""

    async def drained(self) -> None:
        """Wait until no more waits than should, or the client has gone."""

    async def flush(self) -> None:
        """Wait until all is sent, or the client has gone."""

    def ask(self, number: int, event: str, data: tuple[Json, ...]) -> None:
        """Send an event that asks for an acknowledgement.

        Raises:
            UsageError: There are none here.
        """

    def close(self, reason: str) -> None:
        """End the connection."""


class GatewayClient:
    """A client of a gateway: a browser, in one namespace.

    Args:
        identity: Its id.
        handshake: How it has introduced itself.
        speaker: The gateway.
        line: What carries texts to it.
        work: Its tasks.
        user: What ``auth`` returned.

    Attributes:
        id: Unlike that of any other client.
        handshake: How it has introduced itself.
        user: What ``auth`` returned; None without it.
        data: Whatever handlers remember of it, until it leaves.
        gone: Whether it has left.
        number: Its number, from 1, in the order in which they came.
        line: What carries texts to it.
        work: Its tasks.
    """

    number = 0

    def __init__(  # noqa: PLR0913, PLR0917 — made in one place
        self,
        identity: str,
        handshake: Handshake,
        speaker: Speaker[GatewayClient],
        line: Line,
        work: Work,
        user: Any = None,  # noqa: ANN401 — whatever auth returns
    ) -> None:
        self.id = identity
        self.handshake = handshake
        self.user: Any = user
        self.data: dict[str, Any] = {}
        self.gone = False
        self.line = line
        self.work = work
        self._speaker = speaker
        self._numbers = count()
        self._asked: dict[int, asyncio.Future[list[Json]]] = {}

    def __repr__(self) -> str:
        """Return its id, its place and where it comes from."""
        return f"<GatewayClient {self.id} in {self.namespace} from {self.peer}>"

    @property
    def namespace(self) -> str:
        """Where it is, such as ``/main``; ``/`` over plain WebSockets."""
        return self.handshake.namespace

    @property
    def peer(self) -> str:
        """``host:port`` of the client."""
        return self.handshake.peer

    @property
    def rooms(self) -> frozenset[str]:
        """The rooms that it is in."""
        return self._speaker.crowd.rooms_of(self)

    def join(self, *rooms: str) -> None:
        """Enter rooms."""
        for room in rooms:
            self._speaker.crowd.join(self, room)

    def leave(self, *rooms: str) -> None:
        """Leave rooms."""
        for room in rooms:
            self._speaker.crowd.leave(self, room)

    def emit(self, event: str, *data: Json) -> None:
        """Send it an event; nothing, if it has gone.

        Raises:
            EncodeError: JSON cannot hold the data.
            UsageError: The event is one of Socket.IO's own.
        """
        self.put(self._speaker.event_text(event, data))

    def to(self, *rooms: str) -> Audience[GatewayClient]:
        """Return the others in some rooms, as ``socket.to`` in Socket.IO."""
        return Audience(self._speaker, rooms).but(self)

    async def ask(self, event: str, *data: Json, timeout: float = 5.0) -> Json:  # noqa: ASYNC109
        """Send it an event, and return what it acknowledges this with.

        Args:
            event: The name of the event.
            data: What it carries.
            timeout: Seconds to wait.

        Returns:
            The value; a list, if it gives several; None, if it gives none.

        Raises:
            RequestTimeoutError: It does not acknowledge in time.
            ConnectionLostError: It has gone.
            UsageError: Over plain WebSockets there are no acknowledgements.
        """
        if self.gone:
            raise ConnectionLostError(f"{self.peer} has gone")
        number = next(self._numbers)
        self.line.ask(number, event, data)
        waiting = self._asked[number] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(timeout):
                values = await waiting
        except TimeoutError:
            raise RequestTimeoutError(timeout) from None
        finally:
            del self._asked[number]
        return values if len(values) > 1 else next(iter(values), None)

    def disconnect(self, reason: str = "") -> None:
        """End its connection, as far as this gateway is concerned.

        Args:
            reason: For its close frame, where there is one; at most 123 bytes.
        """
        self.line.close(reason)

    # What a gateway calls.

    def put(self, text: str) -> None:
        """Send a text as it is."""
        if not self.gone:
            self.line.put(text)

    def acknowledged(self, number: int, values: list[Json]) -> None:
        """Take what the client acknowledges; a number that nobody waits for is lost."""
        waiting = self._asked.get(number)
        if waiting is not None and not waiting.done():
            waiting.set_result(values)

    def left(self) -> None:
        """Note that it has gone."""
        self.gone = True
        self.work.cancel_streams()
        for waiting in self._asked.values():
            if not waiting.done():
                waiting.set_exception(ConnectionLostError(f"{self.peer} has gone"))


def no_acknowledgements() -> UsageError:
    """Return the error of asking where nothing is acknowledged."""
    return UsageError("over plain WebSockets no event is acknowledged; emit() it")
