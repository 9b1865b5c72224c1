"""A gateway of plain WebSockets: texts ``{"event":…,"data":…}`` both ways.

A text that is no such object, and an event that no handler has, mean nothing, as in
Nest. What a handler returns is sent as it is, unless ``named``.

Source: ``packages/platform-ws/adapters/ws-adapter.ts``.
"""

from __future__ import annotations

import asyncio
import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from protocol import UNDEFINED, JsonText, dumps, loads
from servers.brokers.extras import require_extra
from servers.errors import RpcError
from servers.logs import logger_of
from servers.serving.binding import bind
from servers.serving.places import DEFAULT_HOST, Place
from servers.sockets import address_name

from .gateway import Gateway
from .halls import Hall, texts_of
from .handshakes import Handshake, handshake_of, may_come
from .members import members_of
from .settings import MESSAGE_SIZE, Listening, Settings
from .ws_lines import WsLine

if TYPE_CHECKING:
    import ssl

    import msgspec
    from websockets.asyncio.server import Server, ServerConnection
    from websockets.http11 import Request, Response

    from protocol import Json
    from servers.server.endpoints import Reception

    from .handshakes import Origins
    from .settings import Auth

logger = logger_of("server")

DEFAULT_PORT = 3001
_QUEUE = 16  # messages of a client that are read before there is room for them
_GOING_AWAY = 1001  # RFC 6455, section 7.4.1


class Ws(Gateway):
    """A gateway of plain WebSockets.

    Args:
        host: The address to listen on, or its name; None for all addresses.
        port: 0 for any free port.
        path: Where clients connect; None for any path.
        named: Whether a value is sent as an event of the same name; else it is sent as
            it is, as in Nest, and the client cannot tell what it answers.
        auth: Returns the user of a handshake, now or awaited, or raises an RpcError,
            which refuses the client; None lets everybody in.
        origins: Where pages may be from: these origins, ``"*"`` for any; None for where
            the gateway is.
        tls: For TLS; see :func:`servers.server_tls`.
        message_size: Bytes of a message, above which a client is disconnected.
        cause: Whether an exception gives the client back what caused it, as in Nest.
        ping_interval: Seconds between two pings.
        ping_timeout: Seconds for the answer, before the client counts as gone.
        compression: Whether clients may compress messages.

    Raises:
        UsageError: websockets is not installed.
    """

    def __init__(  # noqa: PLR0913 — options, by name
        self,
        host: str | None = DEFAULT_HOST,
        port: int = DEFAULT_PORT,
        *,
        path: str | None = None,
        named: bool = False,
        auth: Auth | None = None,
        origins: Origins = None,
        tls: ssl.SSLContext | None = None,
        message_size: int = MESSAGE_SIZE,
        cause: bool = True,
        ping_interval: float = 20.0,
        ping_timeout: float = 20.0,
        compression: bool = False,
    ) -> None:
        require_extra("websockets", "ws")
        super().__init__(Settings(auth, cause))
        self.path = path
        self.named = named
        self.listening = Listening(
            Place(host, port),
            tls,
            origins,
            message_size,
            ping_interval,
            ping_timeout,
            compression,
        )
        self._bound_port: int | None = None

    @property
    def name(self) -> str:
        """Its address: ``ws://host:port`` and the path."""
        place, scheme = self.listening.place, "wss" if self.listening.tls else "ws"
        at = address_name((place.host or "*", self.port))
        return f"{scheme}://{at}{self.path or ''}"

    @property
    def port(self) -> int:
        """The port, once it listens; before that the one that it was given."""
        given = self.listening.place.port
        return given if self._bound_port is None else self._bound_port

    def event_text(self, event: str, data: tuple[Json, ...]) -> str:
        """Return an event as it travels; several data become a list.

        Raises:
            EncodeError: JSON cannot hold the data.
        """
        texts = texts_of(data)
        if len(texts) > 1:
            texts = [b"[%b]" % b",".join(texts)]
        return _text(event, *texts)

    async def open(self, reception: Reception) -> WsHall:
        """Listen.

        Raises:
            ListenError: The address is in use, does not resolve, or is not ours.
        """
        hall = WsHall(self, self._settings, reception)
        self._bound_port = await hall.listen()
        hall.name = self.name
        return hall


def _text(event: str, data: bytes = b"") -> str:
    carried = b',"data":%b' % data if data else b""
    return (b'{"event":%b%b}' % (dumps(event), carried)).decode()


class WsHall(Hall):
    """A gateway of plain WebSockets that is open.

    Args:
        gateway: The gateway.
        settings: Who may come.
        reception: What the server gives.
    """

    def __init__(self, gateway: Ws, settings: Settings, reception: Reception) -> None:
        super().__init__(gateway.name, settings, gateway.crowd, gateway, reception)
        self._gateway = gateway
        self._servers: list[Server] = []
        self._users: WeakKeyDictionary[ServerConnection, tuple[Handshake, Any]] = (
            WeakKeyDictionary()
        )

    def value_text(self, event: str, value: bytes) -> str | None:
        """Return a value as Nest sends it, or as an event of its own."""
        return _text(event, value) if self._gateway.named else value.decode()

    def named_text(self, event: str, data: bytes) -> str:
        """Return an event as it travels."""
        return _text(event, data)

    def ack_text(self, number: int, values: bytes) -> str:
        """Do nothing: nobody asks for an acknowledgement."""
        raise NotImplementedError(number, values)

    async def listen(self) -> int:
        """Listen, and return the port.

        Raises:
            ListenError: The address is in use, does not resolve, or is not ours.
        """
        from websockets.asyncio.server import serve  # noqa: PLC0415 — an extra

        listening = self._gateway.listening
        bound = await asyncio.to_thread(bind, listening.place)
        port: int = bound.sockets[0].getsockname()[1]
        for each in bound.sockets:
            server = await serve(
                self._serve,
                sock=each,
                ssl=listening.tls,
                process_request=self._examine,
                max_size=listening.message_size,
                max_queue=_QUEUE,
                ping_interval=listening.ping_interval,
                ping_timeout=listening.ping_timeout,
                open_timeout=self.reception.limits.handshake,
                close_timeout=self.reception.limits.closing,
                compression="deflate" if listening.compression else None,
                server_header=None,
                logger=_quiet,
            )
            self._servers.append(server)
        return port

    async def _examine(
        self, connection: ServerConnection, request: Request
    ) -> Response | None:
        """Let a client in by returning None, or refuse it."""
        peer = address_name(connection.remote_address)
        fields = list(request.headers.raw_items())
        handshake = handshake_of(peer, request.path, fields)
        if self._gateway.path not in (None, handshake.path):
            return connection.respond(HTTPStatus.NOT_FOUND, "Not found\n")
        if not may_come(handshake, self._gateway.listening.origins):
            return connection.respond(HTTPStatus.FORBIDDEN, "Forbidden\n")
        if self.full:
            return connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, "Full\n")
        try:
            user = await self.recognise(handshake)
        except RpcError as error:
            return connection.respond(HTTPStatus.UNAUTHORIZED, f"{said_by(error)}\n")
        self._users[connection] = handshake, user
        return None

    async def _serve(self, connection: ServerConnection) -> None:
        """Handle the messages of a client until it leaves."""
        from websockets.exceptions import ConnectionClosed  # noqa: PLC0415 — an extra

        handshake, user = self._users.pop(connection)
        line = WsLine(connection, self)
        client = self.admit(handshake, line, user)
        try:
            await self.welcome(client)
            async for message in connection:
                self.heard(message)
                if (found := _message_in(message)) is not None:
                    await self.receive(client, *found)
        except ConnectionClosed:
            pass  # the reason is the same
        finally:
            line.abandon()
            self.leave(client, _parting(connection))

    async def shut(self, deadline: float) -> None:
        """End all connections."""
        for server in self._servers:
            server.close(code=_GOING_AWAY, reason="server shutting down")
        try:
            async with asyncio.timeout_at(deadline):
                for server in self._servers:
                    await server.wait_closed()
        except TimeoutError:
            for client in list(self._crowd.clients.values()):
                if isinstance(client.line, WsLine):
                    client.line.abort()


def _parting(connection: ServerConnection) -> str:
    """Return how a connection was closed: the code and the reason of either side."""
    closed = connection.protocol.close_exc
    frame = closed.rcvd or closed.sent
    return "1006" if frame is None else f"{frame.code} {frame.reason}".strip()


def said_by(error: RpcError) -> str:
    """Return what an error says to whom it refuses."""
    err = error.err
    message = err.get("message") if isinstance(err, dict) else None
    return message if isinstance(message, str) else "Unauthorized"


def _message_in(
    message: str | bytes,
) -> tuple[str, JsonText | msgspec.UnsetType] | None:
    """Return the event in a message, and its data; None where there is none."""
    try:
        members = members_of(message)
        event = loads(members["event"])
    except (ValueError, KeyError):
        return None
    if not isinstance(event, str):
        return None
    return event, JsonText(members["data"]) if "data" in members else UNDEFINED


_quiet = logging.getLogger("servers.gateways.websockets")
_quiet.setLevel(logging.CRITICAL)  # it logs what any stranger does, with tracebacks
