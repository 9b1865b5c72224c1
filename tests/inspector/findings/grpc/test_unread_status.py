from __future__ import annotations

from hpack import Encoder

from tests.inspector.carriers.grpc.written import begins, data, headers, message, number
from tests.inspector.conversation import SERVER, Wire
from tests.inspector.over_grpc import asked, service
from tests.inspector.scenes import Sentences, Trace, said_of


def _answered(*, whole: bool) -> Wire:
    """Return two calls with one status, of which the capture may lack the first."""
    wire, encoder = Wire(), Encoder()
    link = service(wire)
    for stream in (1, 3):
        asked(link, stream)
        link.send(SERVER, begins(stream) + data(stream, message(number(6))))
        end = encoder.encode([("grpc-status", "13")])
        link.send(SERVER, headers(stream, end, ends=True))
        if stream == 1 and not whole:
            wire.records.clear()
    link.close()
    return wire


TRACE = Trace(
    lambda: _answered(whole=False),
    lambda: _answered(whole=True),
)


def test_what_it_says() -> None:
    assert said_of(TRACE, "unread-status") == Sentences(
        message="how calls ended cannot be read of the server",
        headline="calls may have failed on 1 connection",
        cause=(
            "HTTP/2 sends a status once and then refers to it; the packet that had it "
            "is not in the capture. Such calls count as completed, in doubt. Packet 3."
        ),
        hint="begin to capture before the connection is opened",
    )
