"""What the verdict says of what took another number of packets over a broker."""

from __future__ import annotations

from inspector.views.verdict import judge
from tests.inspector.conversation import inspected, request
from tests.inspector.over_nats import Broker, Passing, body_of, called, publish


def test_a_subscription_apart_from_its_request_is_why_a_call_took_one_more() -> None:
    broker = Broker()
    caller, handler = broker.peer(), broker.worker("sum")
    called(caller, handler)
    inbox, body = "_INBOX.AAAAAAAAAAAAAAAAAAAAAA", body_of(request("sum", "1"))
    asked = Passing("sum", body, "1", inbox)
    caller.say(caller.sub(inbox)).say(publish("sum", body, inbox))
    caller.get(asked, handler.take(asked).answer(asked, 2)).leave(asked)
    (verdict,) = judge(inspected(broker.wire.records).report)

    assert verdict.sentence == (
        "Over NATS 1 of 2 message calls took 5 packets; 1 took 6: it was written in "
        "parts."
    )
