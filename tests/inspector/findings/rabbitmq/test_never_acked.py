from __future__ import annotations

import pytest

from tests.inspector.conversation import CLIENT, SECOND, Wire, inspected, response
from tests.inspector.over_rabbitmq import Broker
from tests.inspector.scenes import Sentences, Trace, group_in, said_of, sentences


def _had(*, acked: bool = False, message: bool = False, gone: bool = False) -> Wire:
    """Return what a consumer has handled, and what it says of that."""
    broker = Broker()
    worker, caller = broker.worker(no_ack=False), broker.peer()
    sent = caller.ask("sum", [1]) if message else caller.emit("log", 1)
    number = worker.take(sent)
    if message:
        caller.get(sent, worker.reply(sent, response(sent.identity, 1)))
    if acked:
        worker.acknowledge(number)
    if gone:
        worker.line.reset(CLIENT)
    else:
        broker.wire.wait(2 * SECOND)
    caller.emit("other", 1, key="nobody")
    return broker.wire


TRACE = Trace(_had, lambda: _had(acked=True), frozenset({"unroutable"}))


def test_what_it_says() -> None:
    assert said_of(TRACE, "never-acked") == Sentences(
        message="queue cats_q had not acknowledged log after a second",
        headline="1 message not acknowledged for a second or more",
        cause=(
            "log (#1): a consumer of queue cats_q, which is to acknowledge what it has "
            "done, had said nothing of it after a second. Until it does, the message "
            "counts for prefetchCount, and once that is reached nothing more is "
            "delivered. Packet 20."
        ),
        hint=(
            "acknowledge each message in the handler, also where it throws: "
            "context.getChannelRef().ack(context.getMessage())"
        ),
    )


@pytest.mark.parametrize("message", [False, True])
@pytest.mark.parametrize("gone", [False, True])
def test_messages_and_events_that_stay(*, message: bool, gone: bool) -> None:
    assert "never-acked" in inspected(_had(message=message, gone=gone).records).codes


@pytest.mark.parametrize("message", [False, True])
@pytest.mark.parametrize("gone", [False, True])
def test_what_is_acknowledged(*, message: bool, gone: bool) -> None:
    wire = _had(acked=True, message=message, gone=gone)
    assert "never-acked" not in inspected(wire.records).codes


def test_the_end_of_a_capture_says_nothing_of_what_was_just_delivered() -> None:
    broker = Broker()
    worker, caller = broker.worker(no_ack=False), broker.peer()
    worker.take(caller.emit("log", 1))

    assert "never-acked" not in inspected(broker.wire.records).codes


def test_what_goes_to_another_is_not_lost() -> None:
    broker = Broker()
    worker, caller = broker.worker(no_ack=False), broker.peer()
    other, sent = broker.worker(no_ack=False), caller.emit("log", 1)
    worker.take(sent)
    worker.line.reset(CLIENT)
    other.acknowledge(other.take(sent, again=True))

    assert "never-acked" not in inspected(broker.wire.records).codes


def test_who_went_away_is_not_said_to_wait() -> None:
    said = sentences(group_in(_had(gone=True), "never-acked"))

    assert said.message == "queue cats_q went away without acknowledging log"
    assert said.headline == "1 message not acknowledged"
    assert "went away without a word about it, so that it is delivered" in said.cause


def test_of_what_is_acknowledged_late_no_more_is_said_than_that() -> None:
    broker = Broker()
    worker, caller = broker.worker(no_ack=False), broker.peer()
    sent = caller.ask("sum", [1])
    number = worker.take(sent)
    caller.get(sent, worker.reply(sent, response(sent.identity, 1)))
    broker.wire.wait(2 * SECOND)
    worker.acknowledge(number)
    said = sentences(group_in(broker.wire, "never-acked"))

    assert said.message == "queue cats_q had not acknowledged sum after a second"


def test_a_call_without_a_reply_may_be_acknowledged_yet() -> None:
    broker = Broker()
    worker, caller = broker.worker(no_ack=False), broker.peer()
    worker.take(caller.ask("sum", [1]))
    broker.wire.wait(2 * SECOND)
    caller.emit("other", 1, key="nobody")
    codes = inspected(broker.wire.records).codes

    assert "unanswered" in codes
    assert "never-acked" not in codes
