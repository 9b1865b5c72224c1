from __future__ import annotations

from tests.inspector.conversation import CLIENT, Wire
from tests.inspector.scenes import Sentences, Trace, begun, said_of


def _seen_again(*, copied: bool) -> Wire:
    wire, call = begun()
    call.ask("sum", "1")
    again = call.copy if copied else call.resend
    again(len(wire.records)).answer("1", 1).ack(CLIENT)
    return wire


TRACE = Trace(lambda: _seen_again(copied=True), lambda: _seen_again(copied=False))


def test_what_it_says() -> None:
    assert said_of(TRACE, "captured-twice") == Sentences(
        message="1 packet captured twice",
        headline="1 packet captured twice",
        cause=(
            "On 1 connection, packets passed several interfaces of the host and "
            "were captured at each. The copies are not counted otherwise. Packet 5."
        ),
        hint="capture on one interface: tcpdump -i eth0 instead of -i any",
    )
