from __future__ import annotations

from typing import TYPE_CHECKING
from unittest.mock import patch

from inspector.calls.joining.memory import Memory
from protocol import encode_packet
from tests.inspector.conversation import CLIENT, Wire, event
from tests.inspector.over_nats import Broker
from tests.inspector.scenes import (
    Sentences,
    Trace,
    begun,
    group_in,
    said_of,
    sentences,
)

if TYPE_CHECKING:
    from inspector.calls.joining.joined import Joined


def _overtaken(size: int) -> Wire:
    wire, call = begun()
    start = len(call.written[CLIENT])
    frame = encode_packet(event("log", "x" * size))
    call.send(CLIENT, frame[:9], captured=False).send(CLIENT, frame[9:])
    call.part(CLIENT, start, start + 9).emit("log", 1)
    return wire


TRACE = Trace(
    lambda: _overtaken(12_000),
    lambda: _overtaken(5_000),
    frozenset({"capture-gap", "retransmissions"}),
)


def test_what_it_says() -> None:
    assert said_of(TRACE, "analysis-limit") == Sentences(
        message="the inspection reached its limit for connection memory",
        headline="limit of the inspection reached: connection memory",
        cause=(
            "To keep memory bounded, data was discarded once. Calls around it are in "
            "doubt. Packet 4."
        ),
        hint="raise the limit, or capture fewer connections",
    )


def test_over_a_broker_no_option_raises_it() -> None:
    broker = Broker()
    caller = broker.peer()
    with patch("inspector.calls.joining.memory.Memory.add", _crowd):
        caller.ask("sum", 1)
        caller.ask("sum", 2)
        said = sentences(group_in(broker.wire, "analysis-limit"))

    assert said.headline == "limit of the inspection reached: exchanges"
    assert said.hint == "capture for less long, or fewer services"


def _crowd(memory: Memory, joined: Joined) -> Joined | None:
    """Take in an exchange where there is room for one alone."""
    crowded = _add(memory, joined)
    return next(iter(memory.open.values())) if len(memory.open) > 1 else crowded


_add = Memory.add
