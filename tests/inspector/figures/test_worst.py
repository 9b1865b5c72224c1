from __future__ import annotations

from inspector.figures.worst import Worst, is_failure
from tests.inspector.conversation import (
    CLIENT,
    MILLISECOND,
    SECOND,
    SERVER,
    Wire,
    failure,
    inspected,
)
from tests.inspector.scenes import NOBODY


def _worst(wire: Wire) -> int | None:
    worst, exchanges = Worst(), inspected(wire.records).exchanges
    assert list(worst.watched([*exchanges, "other"])) == [*exchanges, "other"]
    return worst.number


def _calls(wire: Wire) -> None:
    """Add an event and three calls, of which the second takes longest."""
    call = wire.connect().emit("log", 1)
    for took_ms, identity in ((1, "a"), (5, "b"), (5, "c")):
        call.ask("sum", identity)
        wire.wait(took_ms * MILLISECOND)
        call.answer(identity, 1).ack(CLIENT)


def test_the_slowest_call_and_of_equal_ones_the_first() -> None:
    wire = Wire()
    assert _worst(wire) is None
    wire.connect(client="10.0.0.9:1").emit("log", 1)
    assert _worst(wire) is None
    _calls(wire)
    assert _worst(wire) == 4


def test_a_call_without_a_reply_precedes_the_slowest() -> None:
    wire = Wire()
    lost = wire.connect(client="10.0.0.9:1").ask("lost", "x")
    wire.wait(SECOND)
    _calls(wire)
    lost.ask("lost later", "y")

    assert _worst(wire.linger()) == 1


def test_the_first_that_failed_precedes_all_others() -> None:
    wire = Wire()
    wire.connect(client="10.0.0.9:1").ask("lost", "x")
    _calls(wire)
    call = wire.connect(client="10.0.0.9:2").ask("sum", "1")
    call.send(SERVER, failure("1", {"statusCode": 404, "message": "no"}))  # refused
    call.ask("sum", "2").send(SERVER, failure("2", "no"))
    call.ask("nope", "1").send(SERVER, NOBODY)
    exchanges = inspected(wire.linger().records).exchanges

    assert [each.number for each in exchanges if is_failure(each)] == [7, 8]
    assert _worst(wire) == 7
