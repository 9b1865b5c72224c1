from __future__ import annotations

from tests.inspector.carriers.mqtt.written import packet
from tests.inspector.conversation import CLIENT, Wire
from tests.inspector.over_mqtt import called, peer, worker
from tests.inspector.scenes import Sentences, Trace, said_of


def _said(malformed: bytes = b"") -> Wire:
    """Return a call, and bytes of its caller after it."""
    wire = Wire()
    caller, handler = peer(wire), worker(wire, "sum")
    called(caller, handler)
    if malformed:
        caller.send(CLIENT, malformed)
    return wire


TRACE = Trace(lambda: _said(packet(0x30, b"\0\x09ab")), _said)


def test_what_it_says() -> None:
    assert said_of(TRACE, "mqtt-protocol") == Sentences(
        message="the client sent a malformed packet: it ends inside a string",
        headline="1 packet that MQTT cannot read",
        cause=(
            "The client sent such a packet: it ends inside a string. Who gets one "
            "closes the connection. Packet 21."
        ),
        hint=(
            "look at what writes to this connection: a library for MQTT counts bytes, "
            "and writes what its level allows"
        ),
    )
