from __future__ import annotations

from inspector.findings.finding import Severity
from tests.inspector.caused import Gateway, failing
from tests.inspector.conversation import SERVER, failure
from tests.inspector.scenes import Sentences, Trace, group_in, said_of, sentences

TRACE = Trace(
    lambda: failing(goes_on=False),
    lambda: failing(goes_on=True),
    frozenset({"thrown-error", "masked-error"}),
)


def test_what_it_says() -> None:
    assert said_of(TRACE, "failed-by-call") == Sentences(
        message="order failed after #2 pay had failed for it",
        headline="order failed after the call pay had failed for it",
        cause=(
            "#2 pay failed with “no funds”, and nothing else was asked for #1 "
            "after it (packet 9). Packet 10."
        ),
        hint=("look at why pay fails first, then at what the caller makes of it"),
    )


def test_of_several_failures_it_says_how_many_a_call_has_caused() -> None:
    gateway = Gateway()
    for order, caused in (("order-1", True), ("order-2", True), ("order-3", False)):
        request = gateway.ask("order", {"order": order})
        gateway.call("pay", {"order": order}, error="no funds" if caused else "")
        gateway.fail(request, "failed")
    said = sentences(group_in(gateway.wire, "failed-by-call"))

    assert (
        said.headline == "2 of 3 failures of order came after the call pay had failed"
    )


def test_a_refusal_that_is_passed_on_is_a_note() -> None:
    gateway = Gateway()
    request = gateway.ask("order", {"order": "order-1"})
    gateway.call("pay", {"order": "order-1"}, error="no funds")
    refused = failure(request, {"statusCode": 402, "message": "no funds"})
    gateway.client.send(SERVER, refused)

    group = group_in(gateway.wire, "failed-by-call")
    assert group.first.severity is Severity.NOTE
