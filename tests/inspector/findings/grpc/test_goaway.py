from __future__ import annotations

from inspector.carriers.grpc.frames import Type
from tests.inspector.carriers.grpc.written import frame
from tests.inspector.conversation import SERVER, Wire
from tests.inspector.over_grpc import answered, asked, service
from tests.inspector.scenes import Sentences, Trace, group_in, said_of, sentences


def _ended(code: int, words: bytes = b"") -> Wire:
    """Return a call, after which the server gives the connection up."""
    wire = Wire()
    link = service(wire)
    asked(link)
    answered(link)
    said = (1).to_bytes(4, "big") + code.to_bytes(4, "big") + words
    link.send(SERVER, frame(Type.GOAWAY, 0, 0, said))
    link.close()
    return wire


TRACE = Trace(lambda: _ended(11, b"too_many_pings"), lambda: _ended(0))


def test_what_it_says() -> None:
    assert said_of(TRACE, "goaway") == Sentences(
        message="the server gave the connection up: ENHANCE_YOUR_CALM",
        headline="1 connection given up by GOAWAY: ENHANCE_YOUR_CALM",
        cause=(
            "The server sent GOAWAY with ENHANCE_YOUR_CALM, and said “too_many_pings”. "
            "Calls that it has not begun fail with UNAVAILABLE. Packet 9."
        ),
        hint=(
            "let the client send fewer pings: a larger keepalive time, and none "
            "without calls; or allow more on the server"
        ),
    )


def test_other_errors_are_in_the_log() -> None:
    hint = sentences(group_in(_ended(2), "goaway")).hint
    assert hint == "look in the log of that side at this time"
