from __future__ import annotations

from tests.inspector.carriers.kafka.written import heartbeat, joined
from tests.inspector.conversation import SECOND, Wire
from tests.inspector.over_kafka import Broker
from tests.inspector.scenes import Sentences, Trace, said_of


def _beaten(error: int) -> Wire:
    """Return a call, and a consumer that may have to join its group again after it."""
    broker = Broker()
    caller, handler = broker.peer("sum.reply"), broker.peer("sum")
    broker.call(caller, handler)
    handler.say(handler.asks, *heartbeat(80, error=error))
    broker.wire.wait(3 * SECOND)
    handler.say(handler.asks, *joined(81))
    return broker.wire


TRACE = Trace(lambda: _beaten(27), lambda: _beaten(0))


def test_what_it_says() -> None:
    assert said_of(TRACE, "rebalance") == Sentences(
        message="the group workers was rebalanced for 3.00 s",
        headline="1 rebalance of the group workers",
        cause=(
            "A consumer came or went, and the others had to join again: for 3.00 s "
            "each such consumer read nothing. Packet 32."
        ),
        hint=(
            "start and stop consumers one at a time; if none did, a handler took "
            "longer than sessionTimeout without a heartbeat"
        ),
    )
