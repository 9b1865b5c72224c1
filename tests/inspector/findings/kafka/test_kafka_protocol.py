from __future__ import annotations

from tests.inspector.carriers.kafka.written import batch, produce, record
from tests.inspector.conversation import CLIENT, Wire
from tests.inspector.over_kafka import Broker
from tests.inspector.scenes import Sentences, Trace, said_of


def _said(*, malformed: bool) -> Wire:
    """Return a call, and a Produce after it, whose batch may be of an older magic."""
    broker = Broker()
    caller, handler = broker.peer("sum.reply"), broker.peer("sum")
    broker.call(caller, handler)
    said = batch(record("{}"))
    if malformed:
        said = said[:16] + b"\1" + said[17:]
    caller.asks.send(CLIENT, produce(90, "log", said))
    return broker.wire


TRACE = Trace(lambda: _said(malformed=True), lambda: _said(malformed=False))


def test_what_it_says() -> None:
    assert said_of(TRACE, "kafka-protocol") == Sentences(
        message=(
            "the client sent a malformed frame: its records are of magic 1, not 2"
        ),
        headline="1 frame of Kafka that cannot be read",
        cause=(
            "The client sent such a frame: its records are of magic 1, not 2. "
            "Packet 29."
        ),
        hint=(
            "look at what writes to this connection; records of a producer older than "
            "Kafka 0.11 have no headers, which Nest needs"
        ),
    )
