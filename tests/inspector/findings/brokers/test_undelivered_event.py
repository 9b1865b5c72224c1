from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pamqp import commands

from tests.inspector import over_rabbitmq
from tests.inspector.carriers.rabbitmq.wire import Basic, method, publish
from tests.inspector.conversation import inspected
from tests.inspector.over_nats import Broker, emitted
from tests.inspector.scenes import Sentences, Trace, group_in, said_of, sentences

if TYPE_CHECKING:
    from tests.inspector.conversation import Wire


def _lost(known: str = "unlike.anything") -> Wire:
    """Return an event that nobody has subscribed to, beside a worker for others."""
    broker = Broker(numbered=True)
    broker.worker(known)
    broker.peer().emit("log", 1)
    return broker.wire


def _had() -> Wire:
    broker = Broker(numbered=True)
    worker = broker.worker("log")
    emitted(broker.peer(), worker)
    return broker.wire


TRACE = Trace(_lost, _had)


def test_what_it_says() -> None:
    assert said_of(TRACE, "undelivered-event") == Sentences(
        message="nobody had subscribed to subject log of NATS",
        headline="1 event that nobody has subscribed to",
        cause=(
            "log (#1) had no subscriber at that time: NATS drops such an event, and "
            "its sender is not told. Packet 16."
        ),
        hint="start the service with @EventPattern('log'), or leave the event out",
    )


@pytest.mark.parametrize(
    ("known", "hint"), [("logs", "did you mean logs?"), ("lo", "did you mean lo?")]
)
def test_what_others_subscribe_to_may_be_meant(known: str, hint: str) -> None:
    assert sentences(group_in(_lost(known), "undelivered-event")).hint == hint


@pytest.mark.parametrize("pattern", ["log", "*", ">"])
def test_who_subscribes_at_other_times_was_away(pattern: str) -> None:
    broker = Broker(numbered=True)
    broker.worker("other")
    caller = broker.peer()
    caller.emit("log", 1)
    caller.emit("log", 2)
    broker.worker(pattern)
    said = sentences(group_in(broker.wire, "undelivered-event"))

    assert said.headline == "2 events that nobody has subscribed to"
    assert "At other times 10.0.0.3:50003 subscribes to it." in said.cause
    assert said.message.endswith(", which has subscribers at other times")
    assert said.hint.startswith("look at what 10.0.0.3:50003 did at that time")


_EVENT = b'{"pattern":"log","data":1}'


def test_what_its_sender_takes_back_is_not_missed() -> None:
    broker = over_rabbitmq.Broker()
    peer = broker.peer()
    peer.say(method(commands.Tx.Select())).hear(method(commands.Tx.SelectOk()))
    peer.say(publish(_EVENT)).say(method(commands.Tx.Rollback()))
    peer.hear(method(commands.Tx.RollbackOk()))
    broker.wire.linger()
    found = inspected(broker.wire.records)

    assert [each.outcome for each in found.exchanges] == ["undelivered"]
    assert found.codes == []


def test_what_a_broker_refuses_is_said_to_be_refused() -> None:
    broker = over_rabbitmq.Broker()
    broker.peer().say(publish(_EVENT)).hear(method(Basic.Nack(1)))
    broker.wire.linger()
    said = sentences(group_in(broker.wire, "undelivered-event"))

    assert said == Sentences(
        message="RabbitMQ refused log",
        headline="1 event refused by the broker",
        cause=(
            "log (#1): RabbitMQ said that it does not take them (basic.nack), as for a "
            "queue that is full. Packet 9."
        ),
        hint="consume the queue faster, or let it be longer: x-max-length",
    )
