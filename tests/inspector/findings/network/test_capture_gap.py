from __future__ import annotations

from tests.inspector.conversation import CLIENT, SERVER, Wire, request
from tests.inspector.scenes import Sentences, Trace, begun, said_of


def _lost(*, sent_again: bool) -> Wire:
    wire, call = begun()
    call.ask("sum", "1").answer("1", 2)
    start = len(call.written[CLIENT])
    call.send(CLIENT, request("sum", "2"), captured=False)
    end = len(call.written[CLIENT])
    call.emit("log", 1)
    if sent_again:
        call.part(CLIENT, start, end)
    call.ack(SERVER).answer("2", 4).ack(CLIENT)
    return wire


TRACE = Trace(
    lambda: _lost(sent_again=False),
    lambda: _lost(sent_again=True),
    frozenset({"in-doubt"}),
)


def test_what_it_says() -> None:
    assert said_of(TRACE, "capture-gap") == Sentences(
        message="the capture lacks 29 B from the client",
        headline="the capture lacks 29 B",
        cause=(
            "The bytes were sent and acknowledged but not captured, in 1 hole. "
            "Calls around a hole are in doubt. Packet 6."
        ),
        hint="use a larger buffer for the capture: tcpdump -B 65536",
    )
