from __future__ import annotations

from protocol import encode_packet
from tests.inspector.conversation import CLIENT, Wire, event
from tests.inspector.scenes import (
    Sentences,
    Trace,
    begun,
    said_of,
)


def _overtaken(size: int) -> Wire:
    wire, call = begun()
    start = len(call.written[CLIENT])
    frame = encode_packet(event("log", "x" * size))
    call.send(CLIENT, frame[:9], captured=False).send(CLIENT, frame[9:])
    call.part(CLIENT, start, start + 9).emit("log", 1)
    return wire


TRACE = Trace(
    lambda: _overtaken(12_000),
    lambda: _overtaken(5_000),
    frozenset({"capture-gap", "retransmissions"}),
)


def test_what_it_says() -> None:
    assert said_of(TRACE, "analysis-limit") == Sentences(
        message="the inspection reached its limit for connection memory",
        headline="limit of the inspection reached: connection memory",
        cause=(
            "To keep memory bounded, data was discarded once. Calls around it are in "
            "doubt. Packet 4."
        ),
        hint="raise the limit, or capture fewer connections",
    )
