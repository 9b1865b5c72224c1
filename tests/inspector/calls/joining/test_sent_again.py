"""What a sender sends again, for want of an acknowledgement, is the same transfer."""

from __future__ import annotations

from inspector.calls.exchanges import Outcome
from inspector.calls.reasons import reasons_of
from tests.inspector.calls.joining.hops import Hops, event, reply, request


def test_an_event_that_is_sent_again_on_another_connection_is_one_event() -> None:
    hops = Hops()
    sender, again, handler = hops.connect(), hops.connect(), hops.connect()
    hops.hand_in(sender, event(), tag=1)
    hops.hand_in(again, event(), tag=1, again=True)
    hops.hand_out(handler, event())
    (sent,) = hops.end()
    assert sent.passage is not None

    assert len(sent.passage.hops) == 3
    assert (sent.packets, reasons_of(sent)) == (3, ["redelivered"])
    assert sent.connection is sender


def test_a_request_that_is_sent_again_is_of_the_same_call() -> None:
    hops = Hops()
    caller, again, handler = hops.connect(), hops.connect(), hops.connect()
    for peer in (caller, again):
        hops.hand_in(peer, request("a"), again=peer is again)
    hops.hand_out(handler, request("a"))
    hops.hand_in(handler, reply("a", 3))
    hops.hand_out(again, reply("a", 3))
    (call,) = hops.end()

    assert (call.outcome, call.packets) == (Outcome.COMPLETED, 5)


def test_what_is_sent_again_and_was_not_seen_before_begins() -> None:
    hops = Hops()
    hops.hand_in(hops.connect(), event(), again=True)
    hops.hand_in(hops.connect(), request("a"), again=True)

    assert len(hops.end()) == 2
