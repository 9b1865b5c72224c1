from __future__ import annotations

from typing import TYPE_CHECKING

from tests.inspector.conversation import CLIENT
from tests.inspector.over_redis import Broker, called
from tests.inspector.scenes import Sentences, Trace, said_of

if TYPE_CHECKING:
    from tests.inspector.conversation import Wire


def _said(data: bytes = b"*1\r\n$4\r\nPING\r\n") -> Wire:
    """Return a call, and something that its caller says after it."""
    broker = Broker()
    caller, handler = broker.peer(), broker.peer("sum")
    called(caller, handler)
    caller.publishes.send(CLIENT, data)
    return broker.wire


TRACE = Trace(lambda: _said(b"*1\r\n$x\r\nPING\r\n"), _said)


def test_what_it_says() -> None:
    said = said_of(TRACE, "redis-protocol")

    assert said == Sentences(
        message="the client sent what Redis cannot read: '$x' does not say how much "
        "follows",
        headline="1 value that Redis cannot read",
        cause=(
            "The client sent such bytes: '$x' does not say how much follows. A server "
            "answers with “Protocol error”, and closes the connection. "
            f"{said.cause.rpartition('. ')[2]}"
        ),
        hint=(
            "look at what writes to this connection: a library for Redis counts bytes "
            "and ends each line with CR LF"
        ),
    )
    assert said.cause.endswith("Packet 33.")
