from __future__ import annotations

from tests.inspector.conversation import CLIENT, MILLISECOND, SERVER, Wire
from tests.inspector.scenes import Sentences, Trace, begun, said_of


def _full(time_ns: int) -> Wire:
    wire, call = begun()
    call.ask("sum", "1")
    call.segment(SERVER, flags="A", seq=call.next_seq[SERVER], window=0)
    wire.wait(time_ns)
    call.segment(SERVER, flags="A", seq=call.next_seq[SERVER], window=0)
    call.ack(SERVER).answer("1", 1).ack(CLIENT)
    return wire


TRACE = Trace(lambda: _full(300 * MILLISECOND), lambda: _full(100 * MILLISECOND))


def test_what_it_says() -> None:
    assert said_of(TRACE, "zero-window") == Sentences(
        message="the receive window of the server was closed 2 times",
        headline="receive window of the server closed 2 times",
        cause=(
            "The server does not read as fast as the other side writes: its process"
            " is busy or stopped. Nest 11.2.5 and later disconnect a peer for which "
            "128 MiB are waiting. Packet 6."
        ),
        hint="find out what blocks the server's event loop",
    )
