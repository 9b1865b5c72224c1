from __future__ import annotations

from tests.inspector.conversation import CLIENT, SERVER, Wire, request
from tests.inspector.scenes import Trace, begun, group_in, sentences


def _lost(*, sent_again: bool) -> Wire:
    wire, call = begun()
    call.ask("sum", "1").answer("1", 2)
    start = len(call.written[CLIENT])
    call.send(CLIENT, request("sum", "2"), captured=False)
    end = len(call.written[CLIENT])
    call.emit("log", 1)
    if sent_again:
        call.part(CLIENT, start, end)
    call.ack(SERVER).answer("2", 4).ack(CLIENT)
    return wire


TRACE = Trace(
    lambda: _lost(sent_again=False),
    lambda: _lost(sent_again=True),
    frozenset({"in-doubt"}),
)


def test_it_says_what_it_is_about() -> None:
    said = sentences(group_in(TRACE.triggers(), "capture-gap"))

    assert said.headline == "the capture lacks 29 B"
    for word in ["tcpdump -B"]:
        assert word in said.text
