"""Requests of HTTP around calls of Nest, packet by packet, as a capture has them.

::

    link = server(wire)
    link.send(CLIENT, asked("GET", "/sum"))

What is sent is written as clients and servers write it; see ``carriers/http/written``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.inspector.carriers.http.written import answered, asked
from tests.inspector.conversation import CLIENT, SERVER

if TYPE_CHECKING:
    from tests.inspector.conversation import Conversation, Wire

API = "10.0.0.9:3000"


def server(wire: Wire, port: int = 50_001) -> Conversation:
    """Return a connection to an application that speaks HTTP."""
    return wire.connect(client=f"10.0.0.1:{port}", server=API)


def exchanged(link: Conversation, target: str = "/sum", body: str = "6") -> None:
    """Send a request and its response."""
    link.send(CLIENT, asked("GET", target))
    link.send(SERVER, answered(body))


def called(wire: Wire, port: int = 40_001) -> Conversation:
    """Send a call of Nest, from the application, and its answer."""
    call = wire.connect(client=f"10.0.0.9:{port}", server="10.0.0.2:8888")
    return call.ask("sum", "1").answer("1", 6)
