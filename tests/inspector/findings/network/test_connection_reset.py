from __future__ import annotations

from tests.inspector.conversation import CLIENT, SERVER, Wire
from tests.inspector.scenes import Trace, begun, group_in, sentences


def _ended(*, reset: bool) -> Wire:
    wire, call = begun()
    call.ask("sum", "1").answer("1", 1).ack(CLIENT)
    call.reset(SERVER) if reset else call.close()
    return wire


TRACE = Trace(lambda: _ended(reset=True), lambda: _ended(reset=False))


def test_it_says_what_it_is_about() -> None:
    said = sentences(group_in(TRACE.triggers(), "connection-reset"))

    assert said.headline == "1 connection reset"
    for word in ["server", "RST"]:
        assert word in said.text
