from __future__ import annotations

from protocol import encode_packet
from tests.inspector.conversation import CLIENT, SECOND, SERVER, Wire, event, inspected
from tests.inspector.scenes import Sentences, Trace, begun, said_of


def _cut(silence_ns: int) -> Wire:
    wire, call = begun()
    frame = encode_packet(event("log", 1))
    call.send(CLIENT, frame[:9]).ack(SERVER)
    wire.wait(silence_ns)
    call.send(CLIENT, frame[9:]).close()
    return wire


TRACE = Trace(lambda: _cut(31 * SECOND), lambda: _cut(29 * SECOND))


def test_what_it_says() -> None:
    assert said_of(TRACE, "stalled-frame") == Sentences(
        message="part of a frame from the client, then nothing for 31.0 s",
        headline="1 incomplete frame",
        cause=(
            "9 B of a frame arrived, and nothing more for 31.0 s. Nest 12 drops such a"
            " connection after 30.0 s. Packet 4."
        ),
        hint=(
            "write the whole frame at once, with its length in UTF-16 code units, and "
            "nothing after it"
        ),
    )


def test_what_nest_has_thrown_away_is_not_waited_for() -> None:
    wire, call = begun()
    call.send(CLIENT, b'36#{"pattern":"sum","data":[1],"id":"1"}').ack(SERVER)
    wire.wait(31 * SECOND)
    call.close()

    assert inspected(wire.records).codes == ["invalid-json"]
