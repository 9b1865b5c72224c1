from __future__ import annotations

from tests.inspector.conversation import CLIENT, SERVER, Wire, response
from tests.inspector.scenes import Trace, begun, group_in, sentences


def _lost(*, sent_again: bool) -> Wire:
    wire, call = begun()
    call.ask("sum", "1")
    call.send(SERVER, response("1", 2), captured=False).ack(CLIENT)
    if sent_again:
        call.part(SERVER, 0, len(call.written[SERVER]))
    call.ask("sum", "2").answer("2", 4).ack(CLIENT)
    return wire


TRACE = Trace(
    lambda: _lost(sent_again=False),
    lambda: _lost(sent_again=True),
    frozenset({"capture-gap"}),
)


def test_it_says_what_it_is_about() -> None:
    said = sentences(group_in(TRACE.triggers(), "in-doubt"))

    assert said.headline == "1 exchange in doubt"
    for word in ["sum", "tcpdump -B"]:
        assert word in said.text
