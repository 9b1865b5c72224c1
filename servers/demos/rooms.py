r"""Rooms that only those enter who have a token: a JWT, which the handshake verifies.

::

    python -m servers.demos.rooms

    io('http://127.0.0.1:3000').emit('login', 'ada', (token) => {
        const rooms = io('http://127.0.0.1:3000/rooms', { auth: { token } });
        rooms.on('message', console.log);
        rooms.emit('joinRoom', 'tea', () =>
            rooms.emit('sendMessage', { room: 'tea', text: 'hello' }));
    });
"""

from __future__ import annotations

import os
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated, Any

import jwt
import msgspec

from servers import Depends, RpcError, Service
from servers.gateways import GatewayClient, SocketIo, client_of

from . import programs
from .people import Text  # noqa: TC001 — the decorators read it

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from servers.gateways import Handshake

_NAMESPACE = "/rooms"
_LIFETIME = 3_600  # seconds for which a token is valid
_ALGORITHM = "HS256"

Who = Annotated[GatewayClient, Depends(client_of)]


class Message(msgspec.Struct):
    """What somebody says in a room."""

    room: Text
    text: Text


def make_lobby(secret: str) -> Service:
    """Return the service of the namespace that anybody may enter.

    Args:
        secret: What signs tokens.
    """
    service = Service()

    @service.message("login")
    def login(name: Text) -> str:
        claims = {"sub": name, "exp": int(time.time()) + _LIFETIME}
        return jwt.encode(claims, secret, _ALGORITHM)

    return service


def make_rooms(rooms: SocketIo) -> Service:
    """Return the service of the namespace with rooms.

    Args:
        rooms: The namespace.
    """
    service = Service()

    @service.message("joinRoom")
    def join_room(room: Text, client: Who) -> str:
        client.join(room)
        client.to(room).emit("joined", {"room": room, "name": client.user})
        return room

    @service.message("leaveRoom")
    def leave_room(room: Text, client: Who) -> str:
        client.leave(room)
        rooms.to(room).emit("left", {"room": room, "name": client.user})
        return room

    @service.message("sendMessage")
    def send_message(message: Message, client: Who) -> str:
        if message.room not in client.rooms:
            raise RpcError("Not in this room")
        said = {"room": message.room, "name": client.user, "text": message.text}
        rooms.to(message.room).emit("message", said)
        return "sent"

    return service


def verify(secret: str, handshake: Handshake) -> str:
    """Return the name in the token of a handshake.

    Raises:
        RpcError: There is none, it is not ours, or it has expired.
    """
    auth: Any = handshake.auth
    try:
        claims = jwt.decode(auth["token"], secret, [_ALGORITHM])
        return str(claims["sub"])
    except (jwt.InvalidTokenError, KeyError, TypeError):
        raise RpcError("Unauthorized") from None


@asynccontextmanager
async def gateway() -> AsyncIterator[None]:
    """Run both namespaces, at one port."""
    secret = os.environ.get("JWT_SECRET", "only for trying this out, 32 bytes")
    port = programs.port_of("rooms", 3000)
    lobby = SocketIo(programs.HOST, port, origins="*")
    rooms = lobby.of(_NAMESPACE, auth=lambda handshake: verify(secret, handshake))
    async with (
        programs.serving_at(make_lobby(secret), lobby),
        programs.serving_at(make_rooms(rooms), rooms),
    ):
        yield


PROGRAMS = {"gateway": gateway}

if __name__ == "__main__":
    programs.main(PROGRAMS)
