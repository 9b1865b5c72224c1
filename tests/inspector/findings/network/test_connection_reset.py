from __future__ import annotations

from tests.inspector.conversation import CLIENT, SERVER, Wire
from tests.inspector.scenes import Sentences, Trace, begun, said_of


def _ended(*, reset: bool) -> Wire:
    wire, call = begun()
    call.ask("sum", "1").answer("1", 1).ack(CLIENT)
    call.reset(SERVER) if reset else call.close()
    return wire


TRACE = Trace(lambda: _ended(reset=True), lambda: _ended(reset=False))


def test_what_it_says() -> None:
    assert said_of(TRACE, "connection-reset") == Sentences(
        message="the server reset the connection",
        headline="1 connection reset",
        cause=(
            "The server sent an RST: its process ended, it destroyed the connection"
            " with bytes unread, or no process listened. Pending calls are lost. Packet"
            " 7."
        ),
        hint="look in the log of the server at that time",
    )
