from __future__ import annotations

from inspector.findings.rabbitmq.redelivered import MANY
from tests.inspector.conversation import CLIENT, Wire, inspected
from tests.inspector.over_rabbitmq import Broker
from tests.inspector.scenes import Sentences, Trace, group_in, said_of, sentences


def _given_back(times: int) -> Wire:
    """Return an event that its handler gives back so often."""
    broker = Broker()
    worker, caller = broker.worker(no_ack=False), broker.peer()
    sent = caller.emit("log", 1)
    number = worker.take(sent)
    for _ in range(times):
        worker.give_back(number, requeue=True)
        number = worker.take(sent, again=True)
    broker.wire.linger()
    return broker.wire


TRACE = Trace(lambda: _given_back(1), lambda: _given_back(0))


def test_what_it_says() -> None:
    assert said_of(TRACE, "redelivered") == Sentences(
        message="log was delivered again, once",
        headline="1 message delivered more than once",
        cause=(
            "log (#1): a handler gave it back (nack or reject with requeue), and "
            "RabbitMQ delivered it again. A handler runs once for each delivery. "
            "Packet 22."
        ),
        hint=(
            "give back only what may succeed later; else reject it without requeue, "
            "to a dead-letter exchange"
        ),
    )


def test_a_loop_is_an_error() -> None:
    severities = [
        inspected(_given_back(count).records).findings[0].severity
        for count in (MANY - 1, MANY)
    ]
    assert severities == ["warning", "error"]


def test_what_a_lost_consumer_had_is_said() -> None:
    broker = Broker()
    worker, caller = broker.worker(no_ack=False), broker.peer()
    other, sent = broker.worker(no_ack=False), caller.emit("log", 1)
    worker.take(sent)
    worker.line.reset(CLIENT)
    other.take(sent, again=True)
    said = sentences(group_in(broker.wire, "redelivered"))

    assert "whoever had it went away before it acknowledged it" in said.cause
    assert said.hint.startswith("make handlers safe to run twice")
