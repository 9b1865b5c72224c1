from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.findings.kafka.consumer_lag import LEAST
from tests.inspector.carriers.kafka.written import record
from tests.inspector.over_kafka import Broker
from tests.inspector.scenes import Sentences, Trace, said_of

if TYPE_CHECKING:
    from tests.inspector.conversation import Wire


def _behind(count: int) -> Wire:
    """Return an event that is handed on when many more wait after it."""
    broker = Broker()
    caller, handler = broker.peer(), broker.peer("log")
    records = [record("{}", delta=delta) for delta in range(count + 1)]
    broker.produce(caller, "log", *records)
    broker.hand(handler, "log", records[0])
    handler.polls.close()
    return broker.wire


TRACE = Trace(lambda: _behind(LEAST), lambda: _behind(LEAST - 1))


def test_what_it_says() -> None:
    assert said_of(TRACE, "consumer-lag") == Sentences(
        message="100 records of log-0 were waiting when it was read",
        headline="log-0: up to 100 records behind",
        cause=(
            "When records of log-0 (topic and partition) were handed on, up to 100 "
            "records after them were waiting. Packet 16."
        ),
        hint=(
            "find out what the handler waits for; more consumers share a topic if it "
            "has as many partitions"
        ),
    )
