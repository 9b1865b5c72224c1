from __future__ import annotations

from tests.inspector.conversation import CLIENT, Wire, inspected
from tests.inspector.over_rabbitmq import Broker
from tests.inspector.scenes import Sentences, Trace, said_of


def _lost(*, no_ack: bool = True, gone: bool = True) -> Wire:
    """Return a call whose service goes away, or stays."""
    broker = Broker()
    worker, caller = broker.worker(no_ack=no_ack), broker.peer()
    worker.take(caller.ask("sum", [1]))
    if gone:
        worker.line.reset(CLIENT)
    broker.wire.linger()
    caller.line.close()
    return broker.wire


TRACE = Trace(
    _lost, lambda: _lost(gone=False), frozenset({"unanswered", "connection-reset"})
)


def test_what_it_says() -> None:
    said = said_of(TRACE, "no-ack-lost")
    assert said == Sentences(
        message="sum was lost: queue cats_q went away with it",
        headline="1 call lost with the service that had them",
        cause=said.cause,
        hint=(
            "set noAck: false on the service, and acknowledge when the work is done: "
            "what it had not done is then delivered to another"
        ),
    )
    assert said.cause.startswith("sum (#1): a consumer of queue cats_q had the request")


def test_what_is_to_be_acknowledged_is_not_lost() -> None:
    assert "no-ack-lost" not in inspected(_lost(no_ack=False).records).codes
