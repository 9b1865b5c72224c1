from __future__ import annotations

from tests.inspector.carriers.websocket.written import said
from tests.inspector.conversation import CLIENT, SECOND, SERVER, Wire
from tests.inspector.over_websocket import gateway
from tests.inspector.scenes import Sentences, Trace, said_of


def _pinged(*, answered: bool) -> Wire:
    """Return a ping of a gateway, which closes when that is not answered."""
    wire = Wire()
    link = gateway(wire)
    link.send(SERVER, said(SERVER, "2"))
    if answered:
        link.send(CLIENT, said(CLIENT, "3"))
    wire.wait(20 * SECOND)
    link.close()
    return wire


TRACE = Trace(lambda: _pinged(answered=False), lambda: _pinged(answered=True))


def test_what_it_says() -> None:
    assert said_of(TRACE, "ping-timeout") == Sentences(
        message="the client did not answer a ping for 20.0 s",
        headline="1 connection ended without an answer to a ping",
        cause=(
            "The client had been sent a ping, and did not answer for 20.0 s, until the "
            "connection ended. Packet 6."
        ),
        hint=(
            "look at what the process did then: an event loop that is blocked answers "
            "no pings; or raise pingTimeout"
        ),
    )
