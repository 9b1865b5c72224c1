"""Calls over gRPC between a client and a service, packet by packet, as captured.

::

    link = service(wire)
    link.send(CLIENT, asks(1) + data(1, message(b""), ends=True))

What is sent is written as clients and servers write it; see ``carriers/grpc/written``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.inspector.carriers.grpc.written import (
    HELLO,
    SUM,
    asks,
    begins,
    data,
    message,
    number,
    trailers,
    words,
)
from tests.inspector.conversation import CLIENT, SERVER, Wire

if TYPE_CHECKING:
    from tests.inspector.conversation import Conversation

SERVICE = "10.0.0.9:5000"


def service(wire: Wire) -> Conversation:
    """Return a connection to a service, with its beginning."""
    link = wire.connect(client="10.0.0.1:50001", server=SERVICE)
    for side, said in HELLO:
        link.send(CLIENT if side == CLIENT else SERVER, said)
    return link


def asked(
    link: Conversation, stream: int = 1, path: str = SUM, *fields: tuple[str, str]
) -> None:
    """Send a call with one message."""
    said = data(stream, message(words("a")), ends=True)
    link.send(CLIENT, asks(stream, path, *fields) + said)


def answered(link: Conversation, stream: int = 1) -> None:
    """Send an answer of one message."""
    link.send(SERVER, begins(stream) + data(stream, message(number(6))))
    link.send(SERVER, trailers(stream))
