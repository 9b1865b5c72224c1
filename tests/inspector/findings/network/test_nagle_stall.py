from __future__ import annotations

from tests.inspector.conversation import MILLISECOND, SERVER, Wire
from tests.inspector.scenes import Sentences, Trace, begun, said_of


def _stalled(delay_ns: int) -> Wire:
    wire, call = begun()
    call.emit("log", 1)
    wire.wait(delay_ns)
    call.ack(SERVER).ask("sum", "1").answer("1", 2)
    return wire


TRACE = Trace(lambda: _stalled(41 * MILLISECOND), lambda: _stalled(20 * MILLISECOND))


def test_what_it_says() -> None:
    assert said_of(TRACE, "nagle-stall") == Sentences(
        message="a request waited 41.2 ms for a delayed ACK",
        headline="1 request waited 41.2 ms",
        cause=(
            "A small write waits for the ACK of the one before it (Nagle's "
            "algorithm), and the server delays that ACK. No handler was slow. "
            "Packet 6."
        ),
        hint="call socket.setNoDelay(true) in a socketClass on the client",
    )
