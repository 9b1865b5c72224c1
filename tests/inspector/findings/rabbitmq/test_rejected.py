from __future__ import annotations

from typing import TYPE_CHECKING

from tests.inspector.over_rabbitmq import Broker
from tests.inspector.scenes import Sentences, Trace, group_in, said_of, sentences

if TYPE_CHECKING:
    from tests.inspector.conversation import Wire


def _rejected(*, wanted: bool = False) -> Wire:
    """Return an event that its service rejects, unless another one wants it."""
    broker = Broker()
    worker, caller = broker.worker(no_ack=False), broker.peer()
    sent = caller.emit("nope", 1)
    worker.give_back(worker.take(sent), requeue=False)
    if wanted:
        broker.worker(queue="other").take(sent)
    broker.wire.linger()
    return broker.wire


TRACE = Trace(_rejected, lambda: _rejected(wanted=True))


def test_what_it_says() -> None:
    assert said_of(TRACE, "rejected") == Sentences(
        message="queue cats_q rejected nope for good",
        headline="1 event rejected for good",
        cause=(
            "nope (#1): queue cats_q said that it does not want them, and not again "
            "(nack or reject without requeue). A Nest service does so with what it has "
            "no handler for. Without a dead-letter exchange they are lost. Packet 20."
        ),
        hint=(
            "register @EventPattern('nope') there, or give the queue a "
            "deadLetterExchange that keeps what is rejected"
        ),
    )


def test_a_dead_letter_is_not_said_to_be_lost() -> None:
    broker = Broker()
    worker, caller = broker.worker(no_ack=False), broker.peer()
    undertaker, sent = broker.worker(queue="dead_q"), caller.emit("nope", 1)
    worker.give_back(worker.take(sent), requeue=False)
    undertaker.bury(sent)
    broker.wire.linger()
    said = sentences(group_in(broker.wire, "rejected"))

    assert "A dead-letter exchange handed them on." in said.cause
    assert said.hint == "look at why, and at who sees to what the dead-letter queue has"
