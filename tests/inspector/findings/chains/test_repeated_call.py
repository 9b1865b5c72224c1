from __future__ import annotations

from tests.inspector.caused import Gateway, repeating
from tests.inspector.conversation import inspected
from tests.inspector.scenes import Sentences, Trace, group_in, said_of, sentences

TRACE = Trace(lambda: repeating(4), lambda: repeating(2))


def test_what_it_says() -> None:
    assert said_of(TRACE, "repeated-call") == Sentences(
        message="order made the call user.get 4 times",
        headline="2 order requests made the call user.get 4 times each",
        cause=(
            "8 calls with the same data, one after another, for #1 #6, answered "
            "in packets 9 11 13 15 19 21 23 25; of #1 they took 40.4 ms of 41.2 "
            "ms (98 %). Packet 16."
        ),
        hint="ask once, and keep the answer for the time of the request",
    )


def test_calls_with_data_of_their_own_are_asked_for_together() -> None:
    gateway = Gateway()
    request = gateway.ask("order", {"users": ["anna", "bert", "carl"]})
    for user in ("anna", "bert", "carl"):
        gateway.call("user.get", {"id": user})
    gateway.answer(request)
    said = sentences(group_in(gateway.wire, "repeated-call"))

    assert said.headline == "order made the call user.get 3 times"
    assert "with the same data" not in said.cause
    assert said.hint.startswith("ask for all in one call")


def test_who_tries_again_after_a_failure_does_not_repeat_a_call() -> None:
    gateway = Gateway()
    request = gateway.ask("order", {"order": "order-1"})
    for _ in range(2):
        gateway.call("pay", {"order": "order-1"}, error="busy")
    gateway.call("pay", {"order": "order-1"})
    gateway.answer(request)

    assert "repeated-call" not in inspected(gateway.wire.records).codes
