from __future__ import annotations

from inspector.findings.kafka.idle_poll import LEAST
from tests.inspector.conversation import MILLISECOND, SECOND, Wire
from tests.inspector.over_kafka import Broker
from tests.inspector.scenes import Sentences, Trace, said_of


def _polled(every_ns: int) -> Wire:
    """Return a call, and many polls in vain after it."""
    broker = Broker()
    caller, handler = broker.peer("sum.reply"), broker.peer("sum")
    broker.call(caller, handler)
    for _ in range(LEAST):
        broker.poll(handler, "sum", 1)
        broker.wire.wait(every_ns)
    handler.polls.close()
    return broker.wire


TRACE = Trace(lambda: _polled(100 * MILLISECOND), lambda: _polled(2 * SECOND))


def test_what_it_says() -> None:
    said = said_of(TRACE, "idle-poll")

    assert said.message.startswith("20 of 21 polls brought nothing, one every 9")
    assert said.headline == "20 polls that brought nothing"
    assert said.cause.startswith("1 consumer asked for records every 9")
    assert said.cause.endswith("and had none. Each time takes two packets. Packet 67.")
    assert isinstance(said, Sentences)
    assert said.hint == (
        "raise maxWaitTimeInMs of the consumer: a broker answers sooner if it has "
        "records"
    )
