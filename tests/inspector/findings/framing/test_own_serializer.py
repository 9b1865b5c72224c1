from __future__ import annotations

from protocol import encode_frame
from tests.inspector.conversation import CLIENT, MILLISECOND, SERVER, Wire, inspected
from tests.inspector.scenes import Sentences, Trace, begun, said_of

_FRAME = encode_frame(b'"H4sIAAAA"')


def _strange(*, answered: bool = True, nest: bool = False) -> Wire:
    wire, call = begun()
    for _ in range(2):
        call.send(CLIENT, _FRAME)
        wire.wait(2 * MILLISECOND)
        if answered:
            call.send(SERVER, _FRAME)
    if nest:
        call.ask("sum", "1").answer("1", 1)
    return wire


TRACE = Trace(_strange, lambda: _strange(answered=False))


def test_what_it_says() -> None:
    assert said_of(TRACE, "own-serializer") == Sentences(
        message=(
            "both sides use a custom serializer: 2 frames of the client and 2 of the "
            "server, in order after 2.10 ms"
        ),
        headline="1 connection with a custom serializer",
        cause=(
            "Both sides send frames whose bodies are not Nest packets, to "
            "10.0.0.2:8888, and continue: 2 frames of the client and 2 of the server, "
            "in order after 2.10 "
            "ms. They use a custom serializer or socketClass. The bodies are not read, "
            "and nothing is claimed about how Nest handles them. Packet 4."
        ),
        hint="read the bodies with that serializer",
    )


def test_who_speaks_nest_too_sent_frames_that_are_no_packets() -> None:
    codes = inspected(_strange(nest=True).records).codes

    assert codes == ["unknown-packet"] * 4


def test_where_either_may_have_opened_it_the_ends_are_named() -> None:
    wire = Wire()
    call = wire.join()
    for _ in range(3):
        call.send(SERVER, b"2#\x81\xa7").send(CLIENT, b"1#\x80")
    (finding,) = inspected(wire.records).findings

    assert finding.detail == (
        "3 frames of 10.0.0.2:8888 and 3 of 10.0.0.1:40000, in order after 100 µs"
    )
