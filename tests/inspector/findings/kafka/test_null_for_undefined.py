from __future__ import annotations

from typing import TYPE_CHECKING

from tests.inspector.carriers.kafka.written import record
from tests.inspector.over_kafka import Broker
from tests.inspector.scenes import Sentences, Trace, said_of

if TYPE_CHECKING:
    from tests.inspector.conversation import Wire


def _sent(value: str | None) -> Wire:
    """Return an event with a value, sent twice."""
    broker = Broker()
    caller, handler = broker.peer(), broker.peer("log")
    for _ in range(2):
        broker.pass_on(caller, handler, "log", record(value))
    return broker.wire


TRACE = Trace(lambda: _sent(None), lambda: _sent('{"n":null}'))


def test_what_it_says() -> None:
    assert said_of(TRACE, "null-for-undefined") == Sentences(
        message="a value sent to log is null",
        headline="1 topic with null, which may be undefined",
        cause=(
            "log: Kafka has no undefined; Nest sends null for it, and whoever reads "
            "that cannot tell. Packet 11."
        ),
        hint=(
            "return or send a value; of a topic that is compacted a null removes "
            "what has its key"
        ),
    )
