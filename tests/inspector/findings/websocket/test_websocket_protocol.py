from __future__ import annotations

from tests.inspector.conversation import CLIENT, Wire
from tests.inspector.over_websocket import acknowledged, asked, gateway
from tests.inspector.scenes import Sentences, Trace, said_of


def _called(malformed: bytes = b"") -> Wire:
    """Return an event that is acknowledged, and bytes of its client after it."""
    wire = Wire()
    link = gateway(wire)
    asked(link)
    acknowledged(link)
    if malformed:
        link.send(CLIENT, malformed)
    link.close()
    return wire


TRACE = Trace(lambda: _called(b"\x83\x00"), _called)


def test_what_it_says() -> None:
    assert said_of(TRACE, "websocket-protocol") == Sentences(
        message="the client sent a malformed message: its opcode is 3",
        headline="1 message that WebSocket cannot read",
        cause=(
            "The client sent such a message: its opcode is 3. Who gets one closes the "
            "connection, or drops the message. Packet 10."
        ),
        hint=(
            "look at what writes to this connection: a library for WebSocket masks and "
            "counts bytes, and one for Socket.IO writes its packets"
        ),
    )
