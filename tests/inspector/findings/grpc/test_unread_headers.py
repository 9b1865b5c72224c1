from __future__ import annotations

from hpack import Encoder

from tests.inspector.carriers.grpc.written import SUM, data, headers, message, words
from tests.inspector.conversation import CLIENT, Wire
from tests.inspector.over_grpc import answered, service
from tests.inspector.scenes import Sentences, Trace, said_of


def _called(*, whole: bool) -> Wire:
    """Return two calls with one name; of the first the capture may lack the request."""
    wire, encoder = Wire(), Encoder()
    fields = [(":method", "POST"), (":path", SUM), ("content-type", "application/grpc")]
    link = service(wire)
    for stream in (1, 3):
        block = encoder.encode(fields)
        said = data(stream, message(words("a")), ends=True)
        link.send(CLIENT, headers(stream, block) + said)
        if stream == 1 and not whole:
            del wire.records[3:-1]
            del wire.records[:3]
            wire.records.pop()
        answered(link, stream)
    link.close()
    return wire


TRACE = Trace(
    lambda: _called(whole=False),
    lambda: _called(whole=True),
    companions=frozenset({"orphan-reply"}),  # to the call before
)


def test_what_it_says() -> None:
    assert said_of(TRACE, "unread-headers") == Sentences(
        message="the client asked for what cannot be read",
        headline="calls without a name on 1 connection",
        cause=(
            "HTTP/2 sends a name once and then refers to it; the packet that had it is "
            "not in the capture. Such calls are “/?”. Packet 3."
        ),
        hint="begin to capture before the connection is opened",
    )
