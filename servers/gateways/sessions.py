"""Sessions of Engine.IO: packets of Socket.IO, from clients and to them.

A session is what a browser has with a port, by polling or over a WebSocket; in it the
browser may be a client of several namespaces. engineio carries texts and bytes, and
says when a session begins and ends.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import msgspec
from engineio.exceptions import EngineIOError
from engineio.packet import MESSAGE
from engineio.packet import Packet as Carried

from protocol import EncodeError, InvalidJsonError
from servers.brokers.publishing import Publisher
from servers.errors import RpcError
from servers.logs import logger_of
from servers.payloads import spelled
from servers.sockets import address_name

from .halls import texts_of
from .handshakes import Handshake, handshake_of
from .packets import ACK, CONNECT, DISCONNECT, EVENT, Packet
from .texts import connect_text, disconnect_text, event_text, refusal_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from protocol import Json
    from servers.limits import Limits

    from .clients import GatewayClient
    from .engines import Engine
    from .halls import Hall

logger = logger_of("server")

_NOWHERE = {"message": "Invalid namespace"}
_MALFORMED = (
    *(ValueError, TypeError, KeyError, IndexError, AttributeError),
    *(EncodeError, InvalidJsonError),
)
"""What reading a packet that is none may raise in python-socketio."""
_SHOWN = 80  # characters of what is malformed, in a log line


class SessionLine:
    """What carries texts to a client: a :class:`~servers.gateways.clients.Line`.

    Args:
        session: The session.
        hall: The namespace.
        namespace: Its name.
    """

    def __init__(self, session: Session, hall: Hall, namespace: str) -> None:
        self._session = session
        self._hall = hall
        self._namespace = namespace

    @property
    def paused(self) -> bool:
        """Whether more waits to be sent than should."""
        return self._session.publisher.paused

    def put(self, text: str) -> None:
        """Send a text soon; a client that lets too much wait is disconnected."""
        self._session.put(text)
        self._hall.sent(text)

    async def drained(self) -> None:
        """Wait until no more waits than should, or the client has gone."""
        await self._session.publisher.drained()

    async def flush(self) -> None:
        """Wait until all is sent, or the client has gone."""
        await self._session.publisher.flush()

    def ask(self, number: int, event: str, data: tuple[Json, ...]) -> None:
        """Send an event that asks for an acknowledgement.

        Raises:
            EncodeError: JSON cannot hold the data.
            UsageError: The event is one of Socket.IO's own.
        """
        self.put(event_text(self._namespace, event, texts_of(data), number))

    def close(self, reason: str) -> None:
        """Send the client away, from this namespace."""
        del reason  # Socket.IO has no place for it
        self._session.put(disconnect_text(self._namespace))
        self._session.leave(self._namespace, "server namespace disconnect")


class Session:
    """A session.

    Args:
        engine: What carries it.
        sid: Its id, which only its own client may know.
        handshake: The request by which it began.
        limits: How much may wait to be sent.

    Attributes:
        clients: Namespace → the client there.
        publisher: What waits to be sent.
        pending: A packet whose attachments are still to come.
    """

    def __init__(
        self, engine: Engine, sid: str, handshake: Handshake, limits: Limits
    ) -> None:
        self.handshake = handshake
        self.clients: dict[str, tuple[Hall, GatewayClient]] = {}
        self.pending: Packet | None = None
        self._engine = engine
        self._sid = sid
        self._most = limits.write_buffer
        self.publisher: Publisher[str] = Publisher(self._send, limits.write_high)
        self._ending: asyncio.Task[None] | None = None

    def put(self, text: str) -> None:
        """Send a text soon."""
        self.publisher.put(text, len(text))
        if self._most and self.publisher.waiting > self._most:
            logger.warning("%s: dropped, it reads too slowly", self.handshake.peer)
            self.publisher.abandon()
            self.end(unsent=True)

    def end(self, *, unsent: bool = False) -> None:
        """End the session; what is unsent may be thrown away."""
        if self._ending is None:
            ending = self._engine.drop(self._sid, unsent=unsent)
            self._ending = asyncio.get_running_loop().create_task(ending)

    async def _send(self, texts: list[str]) -> None:
        """Hand texts over, and wait until the connection takes them."""
        try:
            for text in texts:
                await self._engine.send_packet(self._sid, Carried(MESSAGE, text))
        except EngineIOError:  # closed; engineio says so by itself
            return
        socket = self._engine.sockets.get(self._sid)
        if socket is not None:
            await socket.queue.join()

    def leave(self, namespace: str, reason: str) -> None:
        """Note that the client of a namespace has gone."""
        if namespace in self.clients:
            hall, client = self.clients.pop(namespace)
            hall.leave(client, reason)

    def ended(self, reason: str) -> None:
        """Note that the session has ended."""
        self.publisher.abandon()
        for namespace in list(self.clients):
            self.leave(namespace, reason)


class Sessions:
    """The sessions at a port.

    Args:
        engine: What carries them.
        halls: Namespace → who is there.
        limits: How much may wait, and how many there may be.
        message_size: Bytes of a message with its attachments.
    """

    def __init__(
        self,
        engine: Engine,
        halls: Mapping[str, Hall],
        limits: Limits,
        message_size: int,
    ) -> None:
        self._engine = engine
        self._halls = halls
        self._limits = limits
        self._size = message_size
        self._malformed = 0
        self._sessions: dict[str, Session] = {}
        engine.on("connect", self._begin)
        engine.on("message", self._receive)
        engine.on("disconnect", self._end)

    def _begin(self, sid: str, environ: dict[str, Any]) -> bool:
        """Begin a session; return whether there is one."""
        closing = all(hall.closing for hall in self._halls.values())
        if closing or len(self._sessions) >= self._limits.connections:
            return False
        handshake = _handshake(environ["asgi.scope"])
        self._sessions[sid] = Session(self._engine, sid, handshake, self._limits)
        return True

    def _end(self, sid: str, reason: str) -> None:
        session = self._sessions.pop(sid, None)
        if session is not None:
            session.ended(reason)
        if reason == self._engine.reason.CLIENT_DISCONNECT:
            self._engine.release(sid)

    async def _receive(self, sid: str, data: object) -> None:
        """Take what came; the session ends where that is no packet."""
        session = self._sessions.get(sid)
        if session is None:
            return
        try:
            packet = self._packet(session, data)
            if packet is not None:
                await self._take(session, packet)
        except _MALFORMED as error:
            self._malformed += 1
            if self._malformed & (self._malformed - 1) == 0:
                shown = spelled(data)[:_SHOWN]
                peer = session.handshake.peer
                logger.warning("%s: ended, %s is no packet: %s", peer, shown, error)
            session.end()

    def _packet(self, session: Session, data: object) -> Packet | None:
        """Return the packet that is complete now; None if there is none."""
        if session.pending is None:
            packet = Packet(data if isinstance(data, str) else "")
        else:
            packet = session.pending
            packet.attach(data, self._size)
        session.pending = None if packet.whole else packet
        return packet if packet.whole else None

    async def _take(self, session: Session, packet: Packet) -> None:
        namespace = packet.namespace or "/"
        if packet.kind == CONNECT:
            await self._connect(session, namespace, packet.data)
            return
        if namespace not in session.clients:
            return  # it is not let in, or sent away
        hall, client = session.clients[namespace]
        if packet.kind == EVENT:
            hall.heard(b"".join(packet.data or []))
            await hall.receive(client, *packet.event(), packet.id)
        elif packet.kind == ACK:
            client.acknowledged(packet.id, packet.values())
        elif packet.kind == DISCONNECT:
            session.leave(namespace, "client namespace disconnect")
        else:
            raise ValueError("clients send no such packet")

    async def _connect(self, session: Session, namespace: str, auth: Json) -> None:
        """Let a client into a namespace, or refuse it."""
        hall = self._halls.get(namespace)
        if namespace in session.clients:
            return
        if hall is None or hall.closing:
            session.put(refusal_text(namespace, _NOWHERE))
            return
        given = {} if auth is None else {"auth": auth}
        handshake = msgspec.structs.replace(
            session.handshake, namespace=namespace, **given
        )
        try:
            user = await hall.recognise(handshake)
        except RpcError as error:
            session.put(refusal_text(namespace, reason_of(error)))
            return
        client = hall.admit(handshake, SessionLine(session, hall, namespace), user)
        session.clients[namespace] = hall, client
        session.put(connect_text(namespace, client.id))
        await hall.welcome(client)


def reason_of(error: RpcError) -> dict[str, Json]:
    """Return how Socket.IO says why somebody is refused.

    Source: ``socket.io/lib/namespace.ts``, ``run``: the message of an error, and its
    ``data`` if it has some.
    """
    err = error.err
    members = err if isinstance(err, dict) else {}
    reason = {"message": members.get("message", "Unauthorized")}
    return {**reason, **{key: members[key] for key in ("data",) if key in members}}


def _handshake(scope: Mapping[str, Any]) -> Handshake:
    """Return the handshake in a request, as ASGI describes it."""
    query = scope.get("query_string", b"").decode("latin-1")
    client = scope.get("client")
    return handshake_of(
        address_name(tuple(client)) if client else "?",
        f"{scope['path']}?{query}",
        [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in scope["headers"]
        ],
    )
