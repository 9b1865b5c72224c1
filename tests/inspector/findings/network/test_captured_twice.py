from __future__ import annotations

from tests.inspector.conversation import CLIENT, Wire
from tests.inspector.scenes import Trace, begun, group_in, sentences


def _seen_again(*, copied: bool) -> Wire:
    wire, call = begun()
    call.ask("sum", "1")
    again = call.copy if copied else call.resend
    again(len(wire.records)).answer("1", 1).ack(CLIENT)
    return wire


TRACE = Trace(lambda: _seen_again(copied=True), lambda: _seen_again(copied=False))


def test_it_says_what_it_is_about() -> None:
    said = sentences(group_in(TRACE.triggers(), "captured-twice"))

    assert said.headline == "1 packet captured twice"
    for word in ["tcpdump -i eth0"]:
        assert word in said.text
