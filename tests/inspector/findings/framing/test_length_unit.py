from __future__ import annotations

from protocol import LengthUnit
from tests.inspector.conversation import CLIENT, Wire, request
from tests.inspector.scenes import Trace, begun, counted_in, group_in, sentences


def _counted(unit: LengthUnit) -> Wire:
    wire, call = begun()
    call.ask("sum", "1").answer("1", 1)
    call.send(CLIENT, counted_in(unit, request("greet", "2", "é😀")))
    call.answer("2", "ok").ack(CLIENT)
    return wire


TRACE = Trace(lambda: _counted(LengthUnit.UTF8), lambda: _counted(LengthUnit.UTF16))


def test_it_says_what_it_is_about() -> None:
    said = sentences(group_in(TRACE.triggers(), "length-unit"))

    assert said.headline == "lengths in UTF-8 bytes"
    for word in [
        "UTF-8 bytes",
        "#2",
        "44 for 41",
        "waits",
        "takes it from the next frame",
        "closes",
    ]:
        assert word in said.text
