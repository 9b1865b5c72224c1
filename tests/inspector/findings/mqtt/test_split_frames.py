from __future__ import annotations

from typing import TYPE_CHECKING

from tests.inspector.carriers.mqtt.framed import handshake, split, whole
from tests.inspector.carriers.mqtt.written import (
    BROKER,
    CLIENT,
    EVENT,
    connack,
    connect,
    publish,
)
from tests.inspector.conversation import CLIENT as ASKS
from tests.inspector.conversation import SERVER, Wire
from tests.inspector.scenes import Sentences, Trace, said_of

if TYPE_CHECKING:
    from collections.abc import Callable


def _told(way: Callable[[int, bytes], bytes]) -> Wire:
    """Return two events over WebSocket, each written in some way."""
    wire = Wire()
    link = wire.connect(client="10.0.0.1:50001", server="10.0.0.9:9001")
    turns = [(CLIENT, whole(CLIENT, connect())), (BROKER, whole(BROKER, connack()))]
    for side, data in (*handshake(), *turns):
        link.send(SERVER if side == BROKER else ASKS, data)
    for _ in range(2):
        link.send(ASKS, way(CLIENT, publish("log", EVENT)))
    link.close()
    return wire


TRACE = Trace(lambda: _told(split), lambda: _told(whole))


def test_what_it_says() -> None:
    assert said_of(TRACE, "split-frames") == Sentences(
        message="a PUBLISH came in 4 messages of WebSocket",
        headline="1 connection with packets of MQTT in parts",
        cause=(
            "mqtt.js, which Nest uses, writes each part of a packet as a message of "
            "WebSocket, and each leaves in a packet of its own: a call takes 25 rather "
            "than 8. Packet 8."
        ),
        hint=(
            "connect services by mqtt://, and leave ws:// to browsers; a client that "
            "writes a packet at once needs one message"
        ),
    )
