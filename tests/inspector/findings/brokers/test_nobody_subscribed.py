from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.inspector.conversation import inspected
from tests.inspector.over_nats import Broker, called
from tests.inspector.scenes import Sentences, Trace, group_in, said_of, sentences

if TYPE_CHECKING:
    from tests.inspector.conversation import Wire


def _refused(*subjects: str, pattern: str = "sum") -> Wire:
    """Return a call that nobody has subscribed to, beside a worker for others."""
    broker = Broker()
    if subjects:
        called(broker.peer(), broker.worker(*subjects), pattern=subjects[0])
    caller = broker.peer()
    passing = caller.ask(pattern)
    caller.refused(passing).leave(passing)
    return broker.wire


def _answered() -> Wire:
    broker = Broker()
    called(broker.peer(), broker.worker("sum"))
    return broker.wire


TRACE = Trace(_refused, _answered)


def test_what_it_says() -> None:
    assert said_of(TRACE, "nobody-subscribed") == Sentences(
        message="nobody has subscribed to subject sum of NATS",
        headline="1 message that nobody has subscribed to",
        cause=(
            "sum (#1) had no subscriber at that time: NATS answers with the status "
            "503, and a Nest client throws EmptyResponseException. Where client or "
            "server lacks no_responders, such a call waits without end. Packet 9."
        ),
        hint=(
            "start the service with @MessagePattern('sum'), or send what a service of "
            "this broker subscribes to"
        ),
    )


def test_no_service_is_said_to_lack_a_handler() -> None:
    assert inspected(_refused().records).codes == ["nobody-subscribed"]


@pytest.mark.parametrize(
    ("known", "hint"),
    [
        ("sums", "did you mean sums?"),
        ('{"cmd":"sum"}', 'did you mean {"cmd":"sum"}?'),
        (
            "unlike.anything",
            (
                "start the service with @MessagePattern('sum'), or send what a service "
                "of this broker subscribes to"
            ),
        ),
    ],
)
def test_what_others_subscribe_to_may_be_meant(known: str, hint: str) -> None:
    broker = Broker()
    broker.worker(known)
    caller = broker.peer()
    passing = caller.ask("sum")
    caller.refused(passing).leave(passing)

    assert sentences(group_in(broker.wire, "nobody-subscribed")).hint == hint


@pytest.mark.parametrize("pattern", ["sum", "*", ">"])
def test_who_subscribes_at_other_times_was_away(pattern: str) -> None:
    broker = Broker()
    caller = broker.peer()
    passing = caller.ask("sum")
    caller.refused(passing).leave(passing)
    broker.worker(pattern)
    said = sentences(group_in(broker.wire, "nobody-subscribed"))

    assert "At other times 10.0.0.2:50002 subscribes to it." in said.cause
    assert said.message.endswith(", which has subscribers at other times")
    assert said.hint.startswith("look at what 10.0.0.2:50002 did at that time")


def test_another_broker_may_be_meant() -> None:
    broker = Broker()
    other = Broker(broker.wire, "10.0.0.8:4222")
    called(other.peer("10.0.1.1:60001"), other.worker("sum", endpoint="10.0.1.2:60002"))
    caller = broker.peer()
    passing = caller.ask("sum")
    caller.refused(passing).leave(passing)
    said = sentences(group_in(broker.wire, "nobody-subscribed"))

    assert said.hint == (
        "did you mean the broker 10.0.0.8:4222, where sum is subscribed to?"
    )
    assert "of NATS 10.0.0.9:4222" in said.message
