"""Events between a client and a gateway, packet by packet, as a capture has them.

::

    link = gateway(wire)
    link.send(CLIENT, said(CLIENT, event("log", 1)))

What is sent is written as clients and gateways write it; see
``carriers/websocket/written``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.inspector.carriers.websocket.written import event, opened, packet, said
from tests.inspector.conversation import CLIENT, SERVER, Wire

if TYPE_CHECKING:
    from protocol import Json
    from tests.inspector.conversation import Conversation

GATEWAY = "10.0.0.9:3000"


def gateway(wire: Wire, *, io: bool = True, port: int = 50_001) -> Conversation:
    """Return a connection to a gateway, with its handshake."""
    link = wire.connect(client=f"10.0.0.1:{port}", server=GATEWAY)
    for side, data in opened(io=io, sid=f"session-{port}"):
        link.send(CLIENT if side == CLIENT else SERVER, data)
    return link


def asked(
    link: Conversation, name: str = "sum", data: Json = 1, number: int | None = 0
) -> None:
    """Send an event of Socket.IO, with the number of an acknowledgement or without."""
    link.send(CLIENT, said(CLIENT, packet("2", name, data, number=number)))


def acknowledged(link: Conversation, value: Json = 1, number: int = 0) -> None:
    """Send an acknowledgement."""
    link.send(SERVER, said(SERVER, packet("3", value, number=number)))


def failed(link: Conversation, name: str = "sum", data: Json = 1) -> None:
    """Send an exception with its cause, as Nest does from 11 on."""
    link.send(SERVER, said(SERVER, packet("2", "exception", exception(name, data))))


def exception(name: str, data: Json) -> Json:
    """Return what an exception says."""
    cause: dict[str, Json] = {"pattern": name, "data": data}
    return {"status": "error", "message": "no", "cause": cause}


def told(link: Conversation, name: str, data: Json) -> None:
    """Send an event with Nest's adapter for ``ws``."""
    link.send(CLIENT, said(CLIENT, event(name, data)))
