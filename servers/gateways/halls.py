"""A gateway that is open: its clients, their messages, its end.

::

    open ─► admit ─► receive … ─► leave ─┬► stop ─► close
            admit ─► receive … ──────────┘
"""

from __future__ import annotations

import asyncio
import secrets
from abc import ABC, abstractmethod
from inspect import isawaitable
from typing import TYPE_CHECKING, Any

from protocol import UNDEFINED, JsonText, Request
from servers.errors import RpcError
from servers.logs import logger_of
from servers.payloads import spelled, to_text
from servers.server.work import Work

from .answers import exception_of
from .clients import GatewayClient
from .messages import GatewayMessage
from .respondents import ClientRespondent

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import msgspec

    from protocol import Json
    from servers.server.endpoints import Reception

    from .clients import Line
    from .crowds import Crowd, Speaker
    from .handshakes import Handshake
    from .settings import Settings

logger = logger_of("server")

_SHOWN = 80  # characters of an event's name in a log line
_REFUSED = "Unauthorized"
_LEAST = 1.0  # seconds for what waits to be sent, at the end


class Hall(ABC):
    """An :class:`~servers.server.endpoints.Endpoint`: a gateway that is open.

    Args:
        name: Its address.
        settings: Who may come, and what is done as they come and go.
        crowd: Who is there.
        speaker: Writes events.
        reception: What the server gives.

    Attributes:
        name: Its address.
        reception: What the server gives.
        closing: Whether nothing new is taken.
    """

    def __init__(
        self,
        name: str,
        settings: Settings,
        crowd: Crowd[GatewayClient],
        speaker: Speaker[GatewayClient],
        reception: Reception,
    ) -> None:
        self.name = name
        self.reception = reception
        self.closing = False
        self.settings = settings
        self._crowd = crowd
        self._speaker = speaker
        self._admitted = self._unheard = self._full = 0
        self._leaving: set[Work] = set()  # of clients that have gone, not yet done

    # What a gateway does itself.

    @abstractmethod
    def value_text(self, event: str, value: bytes) -> str | None:
        """Return a value that nobody asked for as it travels; None if it does not.

        Args:
            event: What it answers.
            value: JSON text.
        """

    @abstractmethod
    def named_text(self, event: str, data: bytes) -> str:
        """Return an event as it travels.

        Args:
            event: Its name.
            data: JSON text.
        """

    @abstractmethod
    def ack_text(self, number: int, values: bytes) -> str:
        """Return an acknowledgement as it travels.

        Args:
            number: What is acknowledged.
            values: JSON texts, with commas between them.
        """

    @abstractmethod
    async def shut(self, deadline: float) -> None:
        """End all connections, and listen no more, by a time of the loop's clock."""

    # What the connections call.

    @property
    def full(self) -> bool:
        """Whether nobody else may come: it is closing, or there are too many."""
        if self.closing:
            return True
        if len(self._crowd.clients) < self.reception.limits.connections:
            return False
        self._full += 1
        if self._full & (self._full - 1) == 0:
            count = len(self._crowd.clients)
            logger.warning("%s: full with %d clients", self.name, count)
        return True

    async def recognise(self, handshake: Handshake) -> Any:  # noqa: ANN401
        """Return the user of a handshake, as ``auth`` does.

        Raises:
            RpcError: The client is refused.
        """
        auth = self.settings.auth
        if auth is None:
            return None
        try:
            async with asyncio.timeout(self.reception.limits.handshake):
                return await _awaited(auth(handshake))
        except RpcError:
            raise
        except Exception as error:
            logger.exception("%s: auth failed", self.name)
            raise RpcError(_REFUSED) from error

    def admit(
        self,
        handshake: Handshake,
        line: Line,
        user: Any = None,  # noqa: ANN401
    ) -> GatewayClient:
        """Return a new client, which hears what is emitted from now on."""
        self._admitted += 1
        client = GatewayClient(
            secrets.token_urlsafe(15),
            handshake,
            self._speaker,
            line,
            Work(self.reception.limits, handshake.peer),
            user,
        )
        client.number = self._admitted
        self._crowd.clients[client.id] = client
        if self.reception.hooks is not None:
            self.reception.hooks.connection_opened("server", client.peer)
        return client

    async def welcome(self, client: GatewayClient) -> None:
        """Run what is to be done for a new client, before its first message."""
        for hook in self.settings.on_connect:
            try:
                await _awaited(hook(client))
            except Exception:
                logger.exception("%s: %r failed", self.name, hook)
                client.disconnect("internal error")
                return

    def leave(self, client: GatewayClient, reason: str) -> None:
        """Note that a client has gone, and run what is to be done then."""
        if client.gone:
            return
        self._crowd.dismiss(client)
        client.left()
        if self.reception.hooks is not None:
            self.reception.hooks.connection_closed("server", client.peer)
        if self.settings.on_disconnect:
            client.work.start(self._part(client, reason))
        if client.work.tasks:
            self._leaving = {each for each in self._leaving if each.tasks}
            self._leaving.add(client.work)

    async def _part(self, client: GatewayClient, reason: str) -> None:
        for hook in self.settings.on_disconnect:
            try:
                await _awaited(hook(client, reason))
            except Exception:
                logger.exception("%s: %r failed", self.name, hook)

    async def receive(
        self,
        client: GatewayClient,
        event: str,
        data: JsonText | msgspec.UnsetType,
        number: int | None = None,
    ) -> None:
        """Handle a message, once there is room for it.

        Args:
            client: Who sent it.
            event: Its name.
            data: JSON text of what it carries.
            number: By which the client wants it acknowledged; None if it does not.
        """
        await client.work.room()
        if self.closing or client.gone:
            return
        hooks = self.reception.hooks
        if hooks is not None:
            hooks.packets_received("server", 1)
        carrier = GatewayMessage(event, client.handshake.headers, client)
        packet = Request(event, number, data)
        respondent = ClientRespondent(self, carrier, data, number)
        self.reception.desk.receive(packet, respondent)

    def exception_text(
        self, err: bytes, event: str, data: JsonText | msgspec.UnsetType
    ) -> str:
        """Return an exception as it travels; the arguments are JSON text."""
        said = exception_of(err, event, data, cause=self.settings.cause)
        return self.named_text("exception", said)

    def unheard(self, event: Json) -> None:
        """Log an event without a handler: the 1st, 2nd, 4th, 8th … of them."""
        self._unheard += 1
        if self._unheard & (self._unheard - 1) == 0:
            logger.warning(
                "%s: no handler for event %.*s (%d such so far)",
                self.name,
                _SHOWN,
                spelled(event),
                self._unheard,
            )

    def sent(self, text: str) -> None:
        """Report what was sent to the hooks."""
        hooks = self.reception.hooks
        if hooks is not None:
            hooks.packets_sent("server", 1)
            hooks.bytes_sent("server", len(text))

    def heard(self, text: str | bytes) -> None:
        """Report what came to the hooks."""
        if self.reception.hooks is not None:
            self.reception.hooks.bytes_received("server", len(text))

    # What a server calls.

    @property
    def connected(self) -> bool:
        """Whether clients can come."""
        return not self.closing

    @property
    def connections(self) -> int:
        """How many clients there are."""
        return len(self._crowd.clients)

    @property
    def tasks(self) -> Collection[asyncio.Task[None]]:
        """The messages in flight, those of clients that have gone included."""
        works = [each.work for each in self._crowd.clients.values()]
        return {task for work in (*works, *self._leaving) for task in work.tasks}

    async def stop(self) -> None:
        """Take nothing new."""
        self.closing = True

    def cancel(self) -> None:
        """Cancel the messages in flight."""
        for task in self.tasks:
            task.cancel()

    async def close(self, deadline: float) -> None:
        """Let what waits leave, and end all connections."""
        self.closing = True
        loop = asyncio.get_running_loop()
        deadline = max(deadline, loop.time() + _LEAST)
        try:
            async with asyncio.timeout_at(deadline):
                lines = [each.line for each in self._crowd.clients.values()]
                await asyncio.gather(*(each.flush() for each in lines))
        except TimeoutError:
            logger.warning("%s: not all replies could leave", self.name)
        await self.shut(deadline)
        for client in list(self._crowd.clients.values()):
            self.leave(client, "server shutting down")
        if tasks := self.tasks:  # of hooks
            await asyncio.wait(tasks, timeout=self.reception.limits.closing)


def texts_of(data: Sequence[Json]) -> list[bytes]:
    """Return the JSON texts of what an event carries.

    Raises:
        EncodeError: JSON cannot hold it.
    """
    return [b"null" if each is UNDEFINED else to_text(each) for each in data]


async def _awaited(result: Any) -> Any:  # noqa: ANN401 — whatever a hook gives
    return await result if isawaitable(result) else result
