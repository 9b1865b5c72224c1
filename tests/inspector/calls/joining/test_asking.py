"""Requests and events on their way: which hops are of one, and who has asked it."""

from __future__ import annotations

import pytest

from inspector.calls.exchanges import Kind, Outcome
from inspector.calls.matching import Doubled
from inspector.calls.reasons import reasons_of
from protocol import UNDEFINED, Event, JsonText, Request
from tests.inspector.calls.joining.hops import (
    BROKER,
    OTHER,
    Hops,
    event,
    reply,
    request,
    to,
)
from tests.inspector.conversation import CLIENT, SERVER, Wire, inspected
from tests.inspector.over_nats import Broker, called, emitted, publish


def test_a_call_is_all_of_its_hops_and_errands() -> None:
    broker = Broker()
    caller, handler = broker.peer(), broker.worker("sum")
    called(caller, handler, data=[1, 2], value=3)
    (call,) = inspected(broker.wire.records).exchanges
    passage = call.passage
    assert passage is not None

    assert (call.kind, call.outcome, call.packets) == (
        Kind.MESSAGE,
        Outcome.COMPLETED,
        5,
    )
    assert (call.route, call.data) == ("sum", JsonText(b"[1,2]"))
    assert call.connection.number == 1
    assert [(hop.leg, hop.way, hop.reply) for hop in passage.hops] == [
        ("request", "in", 0),
        ("request", "out", 0),
        ("reply", "in", 1),
        ("reply", "out", 1),
    ]
    assert [each.verb for each in passage.errands] == ["SUB", "UNSUB"]
    assert (passage.channel, passage.plain) == ("sum", True)


def test_three_equal_requests_at_once_are_three_calls() -> None:
    broker = Broker()
    caller = broker.peer()
    handlers = [broker.worker("sum", group="g") for _ in range(3)]
    asked = [caller.ask("sum", 1, identity="same") for _ in range(3)]
    for handler, each in zip(reversed(handlers), asked, strict=True):
        handler.take(each)
    for handler, each in zip(handlers, reversed(asked), strict=True):
        caller.get(each, handler.answer(each, 2)).leave(each)
    result = inspected(broker.wire.records)

    assert [each.outcome for each in result.exchanges] == [Outcome.COMPLETED] * 3
    assert [each.packets for each in result.exchanges] == [5] * 3
    assert result.codes == []
    for call, handler in zip(result.exchanges, reversed(handlers), strict=True):
        assert call.passage is not None
        (of_call,) = call.passage.handlers
        assert of_call.port == handler.line.ports[CLIENT]


def test_requests_over_two_brokers_are_joined_by_their_inbox() -> None:
    hops = Hops()
    caller, handler = hops.connect(BROKER), hops.connect(OTHER)
    hops.call(caller, handler, inbox="a")
    (call,) = hops.end()

    assert call.packets == 6  # SUB in a packet of its own
    assert call.connection is caller


def test_of_calls_with_one_inbox_a_delivery_is_of_that_at_its_broker() -> None:
    hops = Hops()
    far, near = hops.connect(OTHER), hops.connect(BROKER)
    handler = hops.connect(BROKER)
    first = hops.hand_in(far, request("a"), **to("a"))
    second = hops.hand_in(near, request("a"), **to("a"))
    out = hops.hand_out(handler, request("a"), **to("a"))

    assert out.ledger is second.ledger is not first.ledger


def test_without_an_inbox_the_id_joins() -> None:
    hops = Hops()
    caller, handler = hops.connect(), hops.connect()
    asked = hops.hand_in(caller, Request("sum", 5))
    other = hops.hand_in(caller, Request("sum", "5"))
    taken = hops.hand_out(handler, Request("sum", 5.0))

    assert taken.ledger is asked.ledger is not other.ledger


def test_a_request_with_another_id_in_the_same_inbox_is_another_call() -> None:
    hops = Hops()
    caller, handler = hops.connect(), hops.connect()
    hops.hand_in(caller, Request("sum", "1"), **to("a"))
    second = hops.hand_in(caller, Request("sum", "2"), **to("a"))
    taken = hops.hand_out(handler, Request("sum", "2"), **to("a"))

    assert taken.ledger is second.ledger
    assert sum(isinstance(each, Doubled) for each in hops.told) == 0


def test_a_request_that_is_sent_twice_is_two_calls_and_each_reaches_its_handler() -> (
    None
):
    broker = Broker()
    caller, handler = broker.peer(), broker.worker("sum")
    asked = caller.ask("sum", 1)
    caller.say(publish(asked.subject, asked.body, asked.inbox))
    handler.take(asked).take(asked)
    bodies = [handler.answer(asked, 2) for _ in range(2)]
    for body in bodies:
        caller.get(asked, body)
    caller.leave(asked)
    result = inspected(broker.wire.records)

    assert "duplicate-id" in result.codes
    assert [each.outcome for each in result.exchanges] == [Outcome.COMPLETED] * 2
    assert [each.passage and each.passage.reached for each in result.exchanges] == [
        1,
        1,
    ]
    assert sum(each.packets for each in result.exchanges) == 9


def test_the_same_once_the_first_is_answered_is_no_duplicate() -> None:
    hops = Hops()
    caller, handler = hops.connect(), hops.connect()
    hops.call(caller, handler, inbox="a")
    hops.call(caller, handler, inbox="a")

    assert not any(isinstance(each, Doubled) for each in hops.told)
    assert [each.packets for each in hops.end()] == [6, 6]


def test_a_delivery_without_its_request_begins_a_call_and_that_comes_later() -> None:
    hops = Hops()
    caller, handler = hops.connect(), hops.connect()
    early = hops.packet()
    taken = hops.hand_out(handler, request("a"), **to("a"))
    asked = hops.hand_in(caller, request("a"), records=[early], **to("a"))
    (call,) = hops.end()

    assert taken.ledger is asked.ledger
    assert (call.connection, call.request_packets) == (caller, [early, *taken.records])
    assert (call.time_ns, call.asked_ns) == (early.time_ns, early.time_ns)
    assert call.passage is not None
    assert (call.passage.asked, call.passage.served) == (True, True)


@pytest.mark.parametrize("again", [True, False])
def test_a_delivery_again_is_of_the_call_that_was_delivered(*, again: bool) -> None:
    hops = Hops()
    caller, handler = hops.connect(), hops.connect()
    hops.hand_in(caller, request("a"), **to("a"))
    hops.hand_out(handler, request("a"), **to("a"))
    hops.hand_out(handler, request("a"), again=again, **to("a"))
    calls = hops.end()

    assert len(calls) == 2 - again
    assert calls[0].passage is not None
    assert (calls[0].passage.again, calls[0].passage.reached) == (again, 1)
    assert calls[0].packets == 2 + again


def test_a_member_of_a_group_has_it_for_all_members() -> None:
    hops = Hops()
    caller, handlers = hops.connect(), [hops.connect(), hops.connect()]
    asked = [hops.hand_in(caller, request("a"), **to("a")) for _ in range(2)]
    taken = [
        hops.hand_out(each, request("a"), destination="g", **to("a"))
        for each in handlers
    ]

    assert [each.ledger for each in taken] == [each.ledger for each in asked]


def test_two_subscriptions_of_one_connection_are_two_destinations() -> None:
    hops = Hops()
    sender, handler = hops.connect(), hops.connect()
    sent = hops.hand_in(sender, event())
    taken = [hops.hand_out(handler, event(), subscription=each) for each in "ab"]

    assert {id(each.ledger) for each in taken} == {id(sent.ledger)}
    (exchange,) = hops.end()
    assert exchange.passage is not None
    assert exchange.passage.reached == 2
    assert len(exchange.passage.handlers) == 1


def test_who_asks_may_answer_too_even_itself() -> None:
    broker = Broker()
    peer = broker.worker("sum", endpoint="10.1.1.1:1")
    called(peer, peer)
    (call,) = inspected(broker.wire.records).exchanges

    assert (call.outcome, call.packets) == (Outcome.COMPLETED, 5)
    assert (call.client_text, call.server_text) == ("10.1.1.1:1", broker.endpoint)
    assert call.passage is not None
    assert (call.passage.overheard, call.passage.surplus) == (0, 0)
    assert [str(each) for each in call.passage.handlers] == ["10.1.1.1:1"]


def test_calls_in_opposite_directions_do_not_meet() -> None:
    broker = Broker()
    left = broker.worker("left", endpoint="10.1.1.1:1")
    right = broker.worker("right", endpoint="10.1.1.2:2")
    there, back = left.ask("right", 1), right.ask("left", 1)
    right.take(there)
    left.take(back)
    left.get(there, right.answer(there, 1)).leave(there)
    right.get(back, left.answer(back, 2)).leave(back)
    result = inspected(broker.wire.records)

    assert [(each.client_text, each.packets) for each in result.exchanges] == [
        ("10.1.1.1:1", 5),
        ("10.1.1.2:2", 5),
    ]


def test_the_caller_alone() -> None:
    broker = Broker()
    caller = broker.peer("10.1.1.1:1")
    called(caller, broker.worker("sum", captured=False))
    emitted(caller, broker.worker("log", captured=False))
    call, sent = inspected(broker.wire.records).exchanges

    assert (call.client_text, call.server_text) == ("10.1.1.1:1", broker.endpoint)
    assert (call.outcome, call.packets, sent.packets) == (Outcome.COMPLETED, 3, 1)
    for each in (call.passage, sent.passage):
        assert each is not None
        assert each.one_sided
        assert (each.queue_ns, each.handler_ns, each.return_ns) == (None, None, None)
    assert call.latency_ns is not None


def test_the_handler_alone() -> None:
    broker = Broker()
    handler = broker.worker("sum", "log", endpoint="10.1.1.2:1")
    caller = broker.peer(captured=False)
    called(caller, handler)
    emitted(caller, handler)
    call, sent = inspected(broker.wire.records).exchanges

    for each in (call, sent):
        assert (each.client_text, each.server_text) == (broker.endpoint, "10.1.1.2:1")
        assert each.passage is not None
        assert each.passage.one_sided
    assert (call.outcome, call.packets, sent.packets) == (Outcome.COMPLETED, 2, 1)
    assert call.passage is not None
    assert call.latency_ns == call.passage.handler_ns is not None
    assert call.passage.queue_ns is None
    assert call.passage.return_ns is None


def test_an_errand_before_its_request_is_counted_with_that() -> None:
    hops = Hops()
    caller, other = hops.connect(), hops.connect()
    mine = hops.tend(caller, "SUB", "a", opens=True)
    theirs = hops.tend(other, "SUB", "a", opens=True)
    asked = hops.hand_in(caller, request("a"), **to("a"))

    assert mine.ledger is asked.ledger
    assert theirs.ledger is None
    (call,) = hops.end()
    assert call.packets == 2
    assert hops.packets[0].owner is call.ledger


def test_an_event_is_joined_by_what_travelled_not_by_what_is_shown_of_it() -> None:
    hops = Hops()
    sender, handler = hops.connect(), hops.connect()
    bodies = b"secret 1", b"secret 2"
    sent = [hops.hand_in(sender, event(), body=b"x", original=each) for each in bodies]
    taken = hops.hand_out(handler, event(), body=b"x", original=bodies[1])

    assert taken.ledger is sent[1].ledger


def test_events_on_other_channels_are_not_like() -> None:
    hops = Hops()
    sender, handler = hops.connect(), hops.connect()
    sent = [hops.hand_in(sender, event(), channel=each) for each in ("a", "b")]
    taken = hops.hand_out(handler, event(), channel="b")

    assert taken.ledger is sent[1].ledger


def test_what_a_request_adds_is_kept() -> None:
    hops = Hops()
    caller = hops.connect()
    hops.hand_in(caller, Request({"cmd": "sum"}, "1", JsonText(b"5"), JsonText(b"6")))
    hops.hand_in(caller, Event("log", metadata=JsonText(b"7")))
    hops.hand_in(caller, request("2"))
    first, second, third = hops.end()

    assert (first.route, first.id, first.data, first.metadata) == (
        '{"cmd":"sum"}',
        "1",
        JsonText(b"5"),
        JsonText(b"6"),
    )
    assert (second.kind, second.id) == (Kind.EVENT, UNDEFINED)
    assert second.metadata == JsonText(b"7")
    assert (third.data, third.metadata) == (UNDEFINED, UNDEFINED)


def test_a_call_that_is_over_and_delivered_late_stays_one() -> None:
    hops = Hops()
    caller, handler, late = (hops.connect() for _ in range(3))
    hops.call(caller, handler, inbox="a")
    taken = hops.hand_out(late, request("a"), **to("a"))
    (call,) = hops.end()

    assert taken.ledger is call.ledger
    assert taken.records[0].owner is call.ledger


@pytest.mark.parametrize("side", [CLIENT, SERVER])
def test_who_connected_is_the_peer_whichever_side_was_captured_first(side: int) -> None:
    wire = Wire()
    broker = Broker(wire)
    caller, handler = broker.peer(whole=False), broker.worker("sum", whole=False)
    caller.line.ack(CLIENT if side == CLIENT else SERVER)
    called(caller, handler)
    (call,) = inspected(wire.records).exchanges

    assert (call.outcome, call.packets) == (Outcome.COMPLETED, 5)
    assert call.server_text == broker.endpoint


@pytest.mark.parametrize("out_first", [True, False])
def test_a_reply_waits_for_its_request_that_the_capture_has_too_late(
    *, out_first: bool
) -> None:
    hops = Hops()
    caller, handler = hops.connect(), hops.connect()
    early = [hops.packet() for _ in range(2)]
    hops.hand_in(handler, reply("a"), channel="a", correlation="a")
    hops.hand_out(caller, reply("a"), channel="a", correlation="a")
    if out_first:
        hops.hand_out(handler, request("a"), records=early[1:], **to("a"))
    hops.hand_in(caller, request("a"), records=early[:1], **to("a"))
    if not out_first:
        hops.hand_out(handler, request("a"), records=early[1:], **to("a"))
    (call,) = hops.end()

    assert (call.kind, call.outcome) == (Kind.MESSAGE, Outcome.COMPLETED)
    assert (call.packets, call.ledger.data_packets) == (3 + out_first, 4)
    assert call.connection is caller
    assert (call.early, call.gapped, call.untimed) == (True, False, False)


def test_only_the_same_id_is_used_twice() -> None:
    hops = Hops()
    caller = hops.connect()
    for identity in ("a", "b", "b"):
        asked = Request("sum", identity, JsonText(b"1"))
        hops.hand_in(caller, asked, **to("one inbox"))

    assert sum(isinstance(each, Doubled) for each in hops.told) == 1


def test_what_was_retained_is_an_event_by_itself() -> None:
    hops = Hops()
    sender, early, late = hops.connect(), hops.connect(), hops.connect()
    hops.hand_in(sender, event())
    hops.hand_out(early, event())
    since_ns = hops.now_ns
    hops.hand_out(late, event(), retained=True, since_ns=since_ns)
    hops.hand_in(sender, event())
    hops.hand_out(late, event(), since_ns=since_ns)
    sent, kept, again = hops.end()

    for each, hop_count in ((sent, 2), (kept, 1), (again, 2)):
        assert each.passage is not None
        assert len(each.passage.hops) == hop_count
    assert reasons_of(kept) == ["retained"]
    assert not reasons_of(sent)
