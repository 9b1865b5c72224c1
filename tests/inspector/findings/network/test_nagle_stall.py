from __future__ import annotations

from tests.inspector.conversation import MILLISECOND, SERVER, Wire
from tests.inspector.scenes import Trace, begun, group_in, sentences


def _stalled(delay_ns: int) -> Wire:
    wire, call = begun()
    call.emit("log", 1)
    wire.wait(delay_ns)
    call.ack(SERVER).ask("sum", "1").answer("1", 2)
    return wire


TRACE = Trace(lambda: _stalled(41 * MILLISECOND), lambda: _stalled(20 * MILLISECOND))


def test_it_says_what_it_is_about() -> None:
    said = sentences(group_in(TRACE.triggers(), "nagle-stall"))

    assert said.headline == "1 request waited 41.2 ms"
    for word in ["Nagle", "setNoDelay(true)"]:
        assert word in said.text
