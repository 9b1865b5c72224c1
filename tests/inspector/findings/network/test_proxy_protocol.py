from __future__ import annotations

import pytest

from tests.inspector.conversation import CLIENT, Wire, inspected, request
from tests.inspector.scenes import Sentences, Trace, begun, said_of

_LINE = b"PROXY TCP4 192.0.2.1 192.0.2.9 50542 8888\r\n"
_BINARY = (
    b"\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c"
    b"\xc0\x00\x02\x01\xc0\x00\x02\x09\xc5\x6e\x22\xb8"
)


def _sent(*parts: bytes, answered: bool = False) -> Wire:
    wire, call = begun()
    for part in parts:
        call.send(CLIENT, part)
    call.send(CLIENT, request("sum", "1"))
    if answered:
        call.answer("1", 2)
    call.close()
    return wire


TRACE = Trace(lambda: _sent(_LINE), lambda: _sent(answered=True))


def test_what_it_says() -> None:
    assert said_of(TRACE, "proxy-protocol") == Sentences(
        message=("a PROXY protocol header of version 1 for the client 192.0.2.1:50542"),
        headline="PROXY protocol on 1 connection",
        cause=(
            "A proxy sent a header of the PROXY protocol, version 1, before the first "
            "frame to 10.0.0.2:8888, for 192.0.2.1:50542. Nest takes the header for "
            "the length "
            "of a frame, reads nothing of what follows, and closes the connection. "
            "Packet 4."
        ),
        hint=(
            "remove send-proxy (send-proxy-v2) from the server line of HAProxy, or "
            "proxy_protocol from the stream block of nginx"
        ),
    )


@pytest.mark.parametrize("header", [_LINE, _BINARY])
@pytest.mark.parametrize("ports", [[], [8888]])
def test_frames_are_read_on_after_it_however_it_is_cut(
    header: bytes, ports: list[int]
) -> None:
    for cut in range(len(header)):
        parts = [part for part in (header[:cut], header[cut:]) if part]
        seen = inspected(_sent(*parts).records, ports=ports)

        assert seen.codes == ["proxy-protocol"]
        assert [each.route for each in seen.exchanges] == ["sum"]
        assert seen.findings[0].detail == "192.0.2.1:50542"
        assert seen.findings[0].packet == 4


def test_a_server_that_understands_it_is_no_error() -> None:
    seen = inspected(_sent(_LINE, answered=True).records)

    assert seen.codes == ["proxy-protocol"]
    assert seen.findings[0].severity == "note"
    assert seen.summary["completed"] == 1


@pytest.mark.parametrize("after", [b"", b"GET / HTTP/1.1\r\n\r\n"])
def test_it_is_another_protocol_where_nothing_of_nests_follows(after: bytes) -> None:
    wire, call = begun()
    other = wire.connect(client="10.0.0.3:50000")
    other.send(CLIENT, _LINE + after).close()
    call.ask("sum", "1").answer("1", 1).ack(CLIENT)
    seen = inspected(wire.records)

    assert seen.codes == ["foreign-protocol"]
    assert seen.findings[0].subject == "the PROXY protocol"
