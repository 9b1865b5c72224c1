from __future__ import annotations

from protocol import LengthUnit
from tests.inspector.conversation import CLIENT, Wire, request
from tests.inspector.scenes import (
    Sentences,
    Trace,
    begun,
    counted_in,
    said_of,
)


def _counted(unit: LengthUnit) -> Wire:
    wire, call = begun()
    call.ask("sum", "1").answer("1", 1)
    call.send(CLIENT, counted_in(unit, request("greet", "2", "é😀")))
    call.answer("2", "ok").ack(CLIENT)
    return wire


TRACE = Trace(lambda: _counted(LengthUnit.UTF8), lambda: _counted(LengthUnit.UTF16))


def test_what_it_says() -> None:
    assert said_of(TRACE, "length-unit") == Sentences(
        message=(
            "the client declares lengths in UTF-8 bytes: 44 for 41 UTF-16 code units"
        ),
        headline="lengths in UTF-8 bytes",
        cause=(
            "The client counts UTF-8 bytes, first in greet (#2): 44 for 41 UTF-16 "
            "code units. For ASCII both are equal, so only other characters show "
            "it. Nest waits for more than the frame has, takes it from the next "
            "frame, loses both and closes the connection. Packet 6."
        ),
        hint="count UTF-16 code units, as JavaScript does, or escape everything "
        "outside ASCII",
    )
