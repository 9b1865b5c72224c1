from __future__ import annotations

from tests.inspector.conversation import CLIENT, MILLISECOND, SERVER, Wire
from tests.inspector.scenes import Trace, begun, group_in, sentences


def _full(time_ns: int) -> Wire:
    wire, call = begun()
    call.ask("sum", "1")
    call.segment(SERVER, flags="A", seq=call.next_seq[SERVER], window=0)
    wire.wait(time_ns)
    call.segment(SERVER, flags="A", seq=call.next_seq[SERVER], window=0)
    call.ack(SERVER).answer("1", 1).ack(CLIENT)
    return wire


TRACE = Trace(lambda: _full(300 * MILLISECOND), lambda: _full(100 * MILLISECOND))


def test_it_says_what_it_is_about() -> None:
    said = sentences(group_in(TRACE.triggers(), "zero-window"))

    assert said.headline == "no room at the server, 2 times"
    for word in ["event loop", "128 MiB"]:
        assert word in said.text
