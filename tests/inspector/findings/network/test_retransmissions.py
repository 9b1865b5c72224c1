from __future__ import annotations

from tests.inspector.conversation import CLIENT, MILLISECOND, Wire
from tests.inspector.scenes import Sentences, Trace, begun, said_of


def _repeated(*, sent_again: bool) -> Wire:
    wire, call = begun()
    call.ask("sum", "1").answer("1", 2).ack(CLIENT)
    wire.wait(300 * MILLISECOND)
    call.resend(4) if sent_again else call.keep_alive(CLIENT)
    call.close()
    return wire


TRACE = Trace(lambda: _repeated(sent_again=True), lambda: _repeated(sent_again=False))


def test_what_it_says() -> None:
    assert said_of(TRACE, "retransmissions") == Sentences(
        message="1 segment retransmitted",
        headline="1 segment retransmitted",
        cause=(
            "On 1 connection, bytes were lost, delayed, or presumed lost; the bytes "
            "after them had to wait. Packet 7."
        ),
        hint="check the network between the two sides, and whether a host is "
        "overloaded",
    )
