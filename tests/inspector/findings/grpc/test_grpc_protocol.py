from __future__ import annotations

from inspector.carriers.grpc.frames import Type
from tests.inspector.carriers.grpc.written import frame
from tests.inspector.conversation import CLIENT, Wire
from tests.inspector.over_grpc import answered, asked, service
from tests.inspector.scenes import Sentences, Trace, said_of


def _called(malformed: bytes = b"") -> Wire:
    """Return a call, and bytes of its client after it."""
    wire = Wire()
    link = service(wire)
    asked(link)
    answered(link)
    if malformed:
        link.send(CLIENT, malformed)
    link.close()
    return wire


TRACE = Trace(lambda: _called(frame(Type.PING, 0, 0, b"1234567")), _called)


def test_what_it_says() -> None:
    assert said_of(TRACE, "grpc-protocol") == Sentences(
        message="the client sent a malformed frame: PING of 7 bytes instead of 8",
        headline="1 frame that HTTP/2 cannot read",
        cause=(
            "The client sent PING of 7 bytes instead of 8. Who gets such bytes ends "
            "the connection with GOAWAY. Packet 9."
        ),
        hint=(
            "look at what writes to this connection: a library for gRPC writes no such"
        ),
    )
