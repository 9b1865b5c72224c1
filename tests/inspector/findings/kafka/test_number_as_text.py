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


TRACE = Trace(lambda: _sent("42"), lambda: _sent('{"n":42}'))


def test_what_it_says() -> None:
    assert said_of(TRACE, "number-as-text") == Sentences(
        message="a value sent to log is a number or boolean as text",
        headline="1 topic with numbers or booleans as text",
        cause=(
            "log: Nest writes what is neither an object nor a list as text, and "
            "reads it as text: 42 becomes “42”. Packet 11."
        ),
        hint=(
            "send an object that holds it, such as {value: 42}; or convert it where "
            "it arrives"
        ),
    )
