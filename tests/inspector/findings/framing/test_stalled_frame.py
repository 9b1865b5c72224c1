from __future__ import annotations

from protocol import encode_packet
from tests.inspector.conversation import CLIENT, SECOND, SERVER, Wire, event
from tests.inspector.scenes import Trace, begun, group_in, sentences


def _cut(silence_ns: int) -> Wire:
    wire, call = begun()
    frame = encode_packet(event("log", 1))
    call.send(CLIENT, frame[:9]).ack(SERVER)
    wire.wait(silence_ns)
    call.send(CLIENT, frame[9:]).close()
    return wire


TRACE = Trace(lambda: _cut(31 * SECOND), lambda: _cut(29 * SECOND))


def test_it_says_what_it_is_about() -> None:
    said = sentences(group_in(TRACE.triggers(), "stalled-frame"))

    assert said.headline == "1 time a frame without its rest"
    for word in ["31.0 s", "30.0 s", "came"]:
        assert word in said.text
