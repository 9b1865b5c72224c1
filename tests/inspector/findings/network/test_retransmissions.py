from __future__ import annotations

from tests.inspector.conversation import CLIENT, MILLISECOND, Wire
from tests.inspector.scenes import Trace, begun, group_in, sentences


def _repeated(*, sent_again: bool) -> Wire:
    wire, call = begun()
    call.ask("sum", "1").answer("1", 2).ack(CLIENT)
    wire.wait(300 * MILLISECOND)
    call.resend(4) if sent_again else call.keep_alive(CLIENT)
    call.close()
    return wire


TRACE = Trace(lambda: _repeated(sent_again=True), lambda: _repeated(sent_again=False))


def test_it_says_what_it_is_about() -> None:
    said = sentences(group_in(TRACE.triggers(), "retransmissions"))

    assert said.headline == "1 segment sent again"
    for word in ["200 ms"]:
        assert word in said.text
