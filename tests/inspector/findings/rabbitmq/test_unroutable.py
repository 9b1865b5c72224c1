from __future__ import annotations

import pytest
from pamqp import commands

from tests.inspector.carriers.rabbitmq.wire import method
from tests.inspector.conversation import Wire, inspected
from tests.inspector.over_rabbitmq import Broker, emitted
from tests.inspector.scenes import Sentences, Trace, group_in, said_of, sentences


def _sent(*keys: str, bound: str = "log", returned: bool = False) -> Wire:
    """Return events to routing keys that no queue is bound for."""
    broker = Broker()
    worker, caller = broker.worker(), broker.peer()
    if bound:
        worker.say(method(commands.Queue.Bind(0, "cats_q", "cats", bound)))
    emitted(caller, worker)
    for key in keys:
        if returned:
            caller.emit_in_vain(key, key)
        else:
            caller.emit(key, 1, key)
    broker.wire.linger()
    return broker.wire


_PORT = (5672).to_bytes(2)  # after 14 bytes of Ethernet, and 20 of IPv4
TRACE = Trace(lambda: _sent("lgo"), lambda: _sent("lgo", bound="#"))


def test_what_it_says() -> None:
    assert said_of(TRACE, "unroutable") == Sentences(
        message="no queue is bound for lgo: RabbitMQ dropped it",
        headline="1 message that no queue gets",
        cause=(
            "lgo (#2) went to lgo, for which no queue is bound: RabbitMQ dropped and "
            "confirmed them, and a call waits without end. Packet 22."
        ),
        hint="start a service that handles that pattern, or declare its queue before",
    )


def test_the_order_of_keys_is_said() -> None:
    wire = _sent('{"b":1,"a":2}', bound='{"a":2,"b":1}')
    assert inspected(wire.records).codes == ["unroutable"]


def test_what_is_returned_is_said() -> None:
    said = sentences(group_in(_sent("lgo", returned=True), "unroutable"))
    assert "RabbitMQ returned them" in said.cause


@pytest.mark.parametrize("keys", [(), ("log",)])
def test_what_a_queue_is_bound_for_waits_in_it(keys: tuple[str, ...]) -> None:
    assert inspected(_sent(*keys).records).codes == []


def test_where_nothing_that_the_broker_says_was_captured_none_is() -> None:
    wire = _sent("lgo")
    said = [each for each in wire.records if each.data[34:36] != _PORT]

    assert len(said) < len(wire.records)
    assert "unroutable" not in inspected(said).codes
