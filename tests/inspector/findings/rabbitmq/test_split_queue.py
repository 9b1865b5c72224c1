from __future__ import annotations

from msgspec.structs import replace

from tests.inspector.conversation import Wire, inspected
from tests.inspector.over_rabbitmq import Broker, called
from tests.inspector.scenes import NOBODY, Sentences, Trace, said_of


def _split(*, answered: bool = True) -> Wire:
    """Return a call without a handler, after one that another consumer answers."""
    broker = Broker()
    cats, billing, caller = broker.worker(), broker.worker(), broker.peer()
    if answered:
        called(caller, cats)
    sent = caller.ask("sum", [1])
    billing.take(sent)
    caller.get(sent, billing.reply(sent, replace(NOBODY, id=sent.identity)))
    return broker.wire


TRACE = Trace(_split, lambda: _split(answered=False))


def test_what_it_says() -> None:
    said = said_of(TRACE, "split-queue")
    assert said == Sentences(
        message=(
            "queue cats_q has consumers without a handler for sum, which others of "
            "them answer"
        ),
        headline="1 call in a queue of several services",
        cause=said.cause,
        hint=(
            "give each service a queue of its own: the option queue of both, and of "
            "clients"
        ),
    )
    assert said.cause.startswith(
        "sum (#2) found no handler on queue cats_q, which answers the same at other "
        "times: services with different handlers consume it"
    )


def test_without_another_that_answers_there_is_no_handler() -> None:
    assert inspected(_split(answered=False).records).codes == ["no-handler"]
    assert inspected(_split().records).codes == ["split-queue"]
