"""Events on their way, and what is learnt of an exchange from hop to hop."""

from __future__ import annotations

import pytest

from inspector.calls.exchanges import Kind, Outcome
from inspector.calls.joining.joined import Memory
from inspector.calls.matching import Doubled
from protocol import Request
from tests.inspector.calls.joining.hops import (
    Hops,
    event,
    reply,
    request,
    to,
)


def test_without_an_inbox_a_reply_finds_its_call_by_the_id() -> None:
    hops = Hops()
    caller, handler = hops.connect(), hops.connect()
    for identity in ("1", "2"):
        hops.hand_in(caller, Request("sum", identity))
        hops.hand_out(handler, Request("sum", identity))
    for identity in ("2", "1"):
        hops.hand_in(handler, reply(identity))
        hops.hand_out(caller, reply(identity))

    assert [each.outcome for each in hops.end()] == [Outcome.COMPLETED] * 2


def test_a_request_that_is_sent_twice_is_noticed_where_the_second_is_complete() -> None:
    hops = Hops()
    caller = hops.connect()
    hops.hand_in(caller, request("a"), **to("a"))
    pieces = [hops.packet(), hops.packet()]
    hops.hand_in(caller, request("a"), records=pieces, **to("a"))
    (doubled,) = [each for each in hops.told if isinstance(each, Doubled)]

    assert doubled.record is pieces[1]


def test_an_event_has_the_packets_of_all_its_hops_and_is_told_soon_after() -> None:
    hops = Hops()
    sender, handlers = hops.connect(), [hops.connect(), hops.connect()]
    hops.hand_in(sender, event())
    for each in handlers:
        hops.hand_out(each, event())
    hops.elapse()
    (told,) = hops.exchanges

    assert (told.outcome, told.packets) == (Outcome.SENT, 3)
    assert [each.number for each in told.request_packets] == [1, 2, 3]
    assert (told.client_text, told.connection) == ("10.0.0.1:40001", sender)


def test_events_that_were_told_are_forgotten_with_what_they_were_like() -> None:
    hops = Hops(Memory(most_remembered=1))
    sender = hops.connect()
    for number in range(5):
        hops.hand_in(sender, event(number))
        hops.elapse()

    assert len(hops.book.crossings._like) == 1  # noqa: SLF001 — what is bounded
    assert len(hops.exchanges) == 5


@pytest.mark.parametrize("late_ns", [1, 0, -1])
def test_a_delivery_before_its_event_in_the_capture_is_of_that_by_its_time(
    late_ns: int,
) -> None:
    hops = Hops()
    sender, handler = hops.connect(), hops.connect()
    early = hops.packet()
    taken = hops.hand_out(handler, event(), records=[hops.packet()])
    early.time_ns = taken.records[0].time_ns - late_ns
    sent = hops.hand_in(sender, event(), records=[early])
    exchanges = hops.end()

    assert (sent.ledger is taken.ledger) is (late_ns > 0)
    assert len(exchanges) == 2 - (late_ns > 0)
    if late_ns > 0:
        assert (exchanges[0].asked_ns, exchanges[0].connection) == (
            early.time_ns,
            sender,
        )


def test_an_event_that_was_told_is_not_that_of_a_later_transfer() -> None:
    hops = Hops()
    sender, handler = hops.connect(), hops.connect()
    early = hops.packet()
    taken = hops.hand_out(handler, event())
    hops.elapse()
    sent = hops.hand_in(sender, event(), records=[early])

    assert sent.ledger is not taken.ledger
    assert len(hops.end()) == 2


def test_an_event_concerns_the_end_of_its_senders_connection() -> None:
    hops = Hops()
    sender, handler = hops.connect(), hops.connect()
    early = hops.packet()
    taken = hops.hand_out(handler, event())
    (joined,) = hops.book.memory.open.values()
    assert (joined.caller, joined.stands_on) == (None, handler)
    hops.hand_in(sender, event(), records=[early])

    assert joined.ledger is taken.ledger
    assert (joined.caller, joined.stands_on) == (sender, sender)


@pytest.mark.parametrize("from_start", [True, False])
def test_who_has_connected_after_an_event_does_not_have_it(*, from_start: bool) -> None:
    hops = Hops()
    sender = hops.connect()
    first = hops.hand_in(sender, event())
    between = hops.now_ns + 1
    second = hops.hand_in(sender, event())
    late = hops.connect(opened_ns=between)
    for each in late.directions:
        each.from_start = from_start
    taken = hops.hand_out(late, event())

    assert taken.ledger is (second if from_start else first).ledger


def test_a_reply_whose_request_comes_by_its_delivery_has_its_caller_still() -> None:
    hops = Hops()
    caller, handler = hops.connect(), hops.connect()
    early = hops.packet()
    hops.hand_out(caller, reply("a", last=False), channel="a", correlation="a")
    hops.hand_out(handler, request("a"), records=[early], **to("a"))
    (call,) = hops.end()

    assert (call.kind, call.connection, call.route) == (Kind.MESSAGE, caller, "sum")
    assert call.request_packets == [early]


def test_a_delivery_whose_caller_is_not_known_stays_where_it_was_seen() -> None:
    hops = Hops()
    handler = hops.connect()
    early = hops.packet()
    hops.hand_in(handler, reply("a"), channel="a", correlation="a")
    hops.hand_out(handler, request("a"), records=[early], **to("a"))
    (call,) = hops.end()

    assert (call.kind, call.connection) == (Kind.MESSAGE, handler)


def test_a_request_that_names_no_inbox_claims_no_subscription() -> None:
    hops = Hops()
    caller = hops.connect()
    opened = hops.tend(caller, "SUB", "None", opens=True)
    hops.hand_in(caller, Request("sum", "1"))
    (call,) = hops.end()

    assert (opened.ledger, call.errands) == (None, None)


def test_a_subscription_that_a_request_claims_is_to_end_once() -> None:
    hops = Hops()
    caller = hops.connect()
    hops.tend(caller, "SUB", "a", opens=True)
    hops.hand_in(caller, request("a"), **to("a"))
    (one,) = hops.book.memory.open.values()

    assert one.owes == 1
