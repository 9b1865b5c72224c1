from __future__ import annotations

from tests.inspector.conversation import CLIENT, SERVER, Wire, response
from tests.inspector.scenes import Sentences, Trace, begun, said_of


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


def test_what_it_says() -> None:
    assert said_of(TRACE, "in-doubt") == Sentences(
        message="sum is in doubt: the capture lacks bytes of its connection",
        headline="1 exchange in doubt",
        cause=(
            "sum (#1): the capture lacks bytes at that time, so what seems to be "
            "missing may have been sent. Packet 4."
        ),
        hint="capture all bytes: tcpdump -s 0 -B 65536",
    )
