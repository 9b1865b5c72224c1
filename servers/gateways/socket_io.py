"""A gateway of Socket.IO: one namespace, at a port that it may share with others.

What a handler returns acknowledges the event, if the client asks for that; an object
with a name of an event is sent as such; other values are kept, as in Nest.

Source: ``packages/platform-socket.io/adapters/io-adapter.ts``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from servers.brokers.extras import require_extra
from servers.serving.places import DEFAULT_HOST, DEFAULT_PORT, Place
from servers.sockets import address_name

from .gateway import Gateway
from .halls import Hall, texts_of
from .ports import Port
from .settings import MESSAGE_SIZE, Listening, Settings
from .texts import ack_text, disconnect_text, event_text

if TYPE_CHECKING:
    import ssl
    from typing import Any

    from protocol import Json
    from servers.server.endpoints import Reception

    from .handshakes import Origins
    from .settings import Auth


class SocketIo(Gateway):
    """A gateway of Socket.IO.

    Args:
        host: The address to listen on, or its name; None for all addresses.
        port: 0 for any free port.
        namespace: The namespace, with or without a slash in front.
        path: Where Socket.IO is.
        application: An ASGI application, such as that of Starlette, for other paths.
        auth: Returns the user of a handshake, now or awaited, or raises an RpcError,
            which refuses the client; None lets everybody in.
        origins: Where pages may be from: these origins, ``"*"`` for any; None for where
            the gateway is.
        tls: For TLS; see :func:`servers.server_tls`.
        message_size: Bytes of a message, above which a client is disconnected.
        cause: Whether an exception gives the client back what caused it, as in Nest.
        ping_interval: Seconds between two pings.
        ping_timeout: Seconds for the answer, before the client counts as gone.
        compression: Whether messages may be compressed.

    Raises:
        UsageError: python-socketio, uvicorn or websockets is not installed.
    """

    def __init__(  # noqa: PLR0913 — options, by name
        self,
        host: str | None = DEFAULT_HOST,
        port: int = DEFAULT_PORT,
        *,
        namespace: str = "/",
        path: str = "/socket.io",
        application: Any = None,  # noqa: ANN401 — untyped, as ASGI is
        auth: Auth | None = None,
        origins: Origins = None,
        tls: ssl.SSLContext | None = None,
        message_size: int = MESSAGE_SIZE,
        cause: bool = True,
        ping_interval: float = 25.0,
        ping_timeout: float = 20.0,
        compression: bool = False,
    ) -> None:
        for library in ("socketio", "uvicorn", "websockets"):
            require_extra(library, "socketio")
        listening = Listening(
            Place(host, port),
            tls,
            origins,
            message_size,
            ping_interval,
            ping_timeout,
            compression,
        )
        self._open_at(Port(listening, path, application), namespace, auth, cause=cause)

    def _open_at(
        self, port: Port, namespace: str, auth: Auth | None, *, cause: bool
    ) -> None:
        super().__init__(Settings(auth, cause))
        self._port = port
        self.namespace = f"/{namespace.lstrip('/')}"

    def of(
        self, namespace: str, *, auth: Auth | None = None, cause: bool = True
    ) -> SocketIo:
        """Return another namespace at the same port, for the same service or another.

        Args:
            namespace: The namespace, with or without a slash in front.
            auth: As for this one, whose own it does not share.
            cause: As for this one.
        """
        other = SocketIo.__new__(SocketIo)
        other._open_at(self._port, namespace, auth, cause=cause)  # noqa: SLF001
        return other

    @property
    def name(self) -> str:
        """Its address: ``socketio://host:port`` and the namespace."""
        place = self._port.listening.place
        at = address_name((place.host or "*", self.port))
        return f"socketio://{at}{self.namespace.rstrip('/')}"

    @property
    def port(self) -> int:
        """The port, once it listens; before that the one that it was given."""
        given = self._port.listening.place.port
        return given if self._port.port is None else self._port.port

    def event_text(self, event: str, data: tuple[Json, ...]) -> str:
        """Return an event as it travels.

        Raises:
            EncodeError: JSON cannot hold the data.
            UsageError: The event is one of Socket.IO's own.
        """
        return event_text(self.namespace, event, texts_of(data))

    async def open(self, reception: Reception) -> Hall:
        """Listen.

        Raises:
            ListenError: The address is in use, does not resolve, or is not ours.
        """
        hall = SocketIoHall(self, self._settings, reception, self._port)
        await self._port.add(self.namespace, hall)
        hall.name = self.name
        return hall


class SocketIoHall(Hall):
    """A namespace that is open.

    Args:
        gateway: The gateway.
        settings: Who may come.
        reception: What the server gives.
        port: Where it is.
    """

    def __init__(
        self, gateway: SocketIo, settings: Settings, reception: Reception, port: Port
    ) -> None:
        super().__init__(gateway.name, settings, gateway.crowd, gateway, reception)
        self._namespace = gateway.namespace
        self._port = port

    def value_text(self, event: str, value: bytes) -> None:
        """Do nothing: a value that nobody asked for has no name."""

    def named_text(self, event: str, data: bytes) -> str:
        """Return an event as it travels."""
        return event_text(self._namespace, event, [data])

    def ack_text(self, number: int, values: bytes) -> str:
        """Return an acknowledgement as it travels."""
        return ack_text(self._namespace, number, [values])

    async def shut(self, deadline: float) -> None:
        """Send the clients away, or end their sessions with the last namespace.

        A client that is sent away stays away; one whose session ends comes back, to
        whoever listens then.
        """
        if not self._port.closing:
            for client in list(self._crowd.clients.values()):
                client.put(disconnect_text(self._namespace))
        await self._port.remove(self._namespace, deadline)
