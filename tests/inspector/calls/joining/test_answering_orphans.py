"""Replies by the id alone, without their request, or out of order."""

from __future__ import annotations

import pytest

from inspector.calls.exchanges import Kind, Outcome
from inspector.calls.joining.joined import MAX_PENDING
from inspector.calls.matching import Stray
from protocol import UNDEFINED, Request
from tests.inspector.calls.joining.hops import SECOND, Hops, reply, request, to


def test_without_an_inbox_a_reply_is_joined_by_its_id() -> None:
    hops = Hops()
    caller, handler = hops.connect(), hops.connect()
    for identity in ("1", "2"):
        hops.hand_in(caller, Request("sum", identity))
        hops.hand_out(handler, Request("sum", identity))
    for identity in ("2", "1"):
        hops.hand_in(handler, reply(identity, identity))
        hops.hand_out(caller, reply(identity, identity))
    exchanges = hops.end()

    assert [each.outcome for each in exchanges] == [Outcome.COMPLETED] * 2
    assert [[str(one.id) for one in each.replies] for each in exchanges] == [
        ["1"],
        ["2"],
    ]


def test_all_replies_to_a_request_that_was_not_seen_are_one_orphan() -> None:
    hops = Hops()
    handler = hops.connect()
    for last in (False, True):
        hops.hand_in(handler, reply("a", last=last), channel="a", correlation="a")
    (orphan,) = hops.end()

    assert (orphan.kind, orphan.values, orphan.id) == (Kind.ORPHAN, 2, "a")


def test_a_stray_reply_is_where_it_is_complete() -> None:
    hops = Hops()
    caller, handler = hops.connect(), hops.connect()
    hops.hand_in(caller, request("a"), **to("a"))
    pieces = [hops.packet(), hops.packet()]
    hops.hand_in(handler, reply("other"), records=pieces, correlation="a")
    (stray,) = [each for each in hops.told if isinstance(each, Stray)]
    (call,) = hops.end()

    assert stray.record is pieces[1]
    assert call.reply_packets == pieces


@pytest.mark.parametrize("handlers", [0, 2])
@pytest.mark.parametrize("first", [0, 1])
def test_of_two_calls_in_one_inbox_a_reply_without_id_is_to_that_which_waits(
    first: int, handlers: int
) -> None:
    hops = Hops()
    caller, handler = hops.connect(), hops.connect()
    asked = [hops.hand_in(caller, request(each), **to("inbox")) for each in ("a", "b")]
    done = ("a", "b")[first]
    for each in [hops.connect() for _ in range(handlers)]:  # another may answer still
        hops.hand_out(each, request(done), **to("inbox"))
    for send, peer in ((hops.hand_in, handler), (hops.hand_out, caller)):
        send(peer, reply(done), correlation="inbox")
    answered = hops.hand_in(handler, reply(UNDEFINED, 7), correlation="inbox")

    assert answered.ledger is asked[1 - first].ledger


def test_a_reply_that_reached_its_caller_first_is_the_same_when_it_comes_in() -> None:
    hops = Hops()
    caller, handler = hops.connect(), hops.connect()
    hops.hand_in(caller, request("a"), **to("a"))
    hops.hand_out(handler, request("a"), **to("a"))
    for value in (5, 6):
        hops.hand_out(caller, reply("a", value, last=False), correlation="a")
    later = [
        hops.hand_in(handler, reply("a", value, last=False), correlation="a")
        for value in (5, 6)
    ]
    (call,) = hops.end()

    assert [each.reply for each in later] == [1, 2]
    assert call.values == 2
    assert [each.number for each in call.reply_packets] == [3, 4, 5, 6]


def test_of_the_handlers_alone_the_second_answer_is_surplus() -> None:
    hops = Hops()
    handlers = [hops.connect(), hops.connect()]
    for each in handlers:
        hops.hand_out(each, request("a"), **to("a"))
    for each in handlers:
        hops.hand_in(each, reply("a"), correlation="a")
    (call,) = hops.end()
    assert call.passage is not None

    assert (call.outcome, call.values) == (Outcome.COMPLETED, 1)
    assert (call.passage.surplus_in, call.passage.surplus_out) == (1, 0)
    assert [hop.surplus for hop in call.passage.hops] == [False, False, False, True]


def test_what_another_overhears_is_no_reply_of_its_own() -> None:
    hops = Hops()
    caller, monitor = hops.connect(), hops.connect()
    hops.hand_in(caller, request("a"), **to("a"))
    heard = hops.hand_out(monitor, reply("a", 1, last=False), correlation="a")
    first = hops.hand_out(caller, reply("a", 2, last=False), correlation="a")
    (call,) = hops.end()
    assert call.passage is not None

    assert (heard.reply, first.reply) == (0, 1)
    assert (call.values, call.passage.overheard) == (1, 1)


def test_replies_that_reached_their_caller_first_are_known_up_to_a_limit() -> None:
    hops = Hops()
    caller, handler = hops.connect(), hops.connect()
    hops.hand_in(caller, request("a"), **to("a"))
    for value in range(MAX_PENDING + 1):
        hops.hand_out(caller, reply("a", value, last=False), correlation="a")
    known = hops.hand_in(
        handler, reply("a", MAX_PENDING - 1, last=False), correlation="a"
    )
    unknown = hops.hand_in(
        handler, reply("a", MAX_PENDING, last=False), correlation="a"
    )

    assert (known.reply, unknown.reply) == (MAX_PENDING, MAX_PENDING + 2)


def test_of_calls_in_one_inbox_the_first_that_goes_on_is_listened_to_again() -> None:
    hops = Hops()
    caller, other = hops.connect(), hops.connect()
    asked = [hops.hand_in(caller, request(each), **to("inbox")) for each in ("a", "b")]
    hops.close(caller)
    again = hops.tend(other, "SUB", "inbox", opens=True)

    assert again.ledger is asked[0].ledger
    assert again.ledger is not asked[1].ledger


def test_who_listens_again_is_awaited_and_will_leave_once_more() -> None:
    hops = Hops()
    caller, other = hops.connect(), hops.connect()
    hops.hand_in(caller, request("a"), **to("a"))
    (one,) = hops.book.memory.open.values()
    hops.close(caller)
    closed = [one.closed is None]
    hops.tend(other, "SUB", "a", opens=True)
    closed.append(one.closed is None)
    assert (closed, one.owes, one.caller) == ([False, True], 1, other)
    hops.close(other)
    hops.elapse(3 * SECOND)
    assert hops.exchanges == []
    hops.tend(hops.connect(), "SUB", "a", opens=True)
    assert one.owes == 1

    hops.elapse(60 * SECOND)
    assert hops.exchanges == []


def test_an_errand_is_something_more_of_its_call() -> None:
    hops = Hops()
    caller, handlers = hops.connect(), [hops.connect(), hops.connect()]
    hops.hand_in(caller, request("a"), **to("a"))
    for each in handlers:
        hops.hand_out(each, request("a"), **to("a"))
    hops.hand_in(handlers[0], reply("a"), correlation="a")
    hops.hand_out(caller, reply("a"), correlation="a")  # another may follow
    hops.elapse(SECOND * 9 // 10)
    hops.tend(caller, "UNSUB", "a")
    hops.elapse(SECOND * 9 // 10)
    early = list(hops.exchanges)
    hops.elapse(SECOND)

    assert (early, len(hops.exchanges)) == ([], 1)


def test_of_two_subscriptions_one_is_still_to_end() -> None:
    hops = Hops()
    caller = hops.connect()
    hops.hand_in(caller, request("a"), **to("a"))
    (one,) = hops.book.memory.open.values()
    one.owes = 2
    hops.tend(caller, "UNSUB", "a")
    owed = [one.owes]
    for _ in range(2):
        hops.tend(caller, "UNSUB", "a")
        owed.append(one.owes)

    assert owed == [1, 0, 0]


def test_a_call_that_goes_on_is_listened_to_though_a_later_one_is_over() -> None:
    hops = Hops()
    caller, handler, other = (hops.connect() for _ in range(3))
    asked = [hops.hand_in(caller, request(each), **to("inbox")) for each in ("a", "b")]
    hops.hand_in(handler, reply("b"), correlation="inbox")
    hops.hand_out(caller, reply("b"), correlation="inbox")
    assert [each.number for each in hops.exchanges] == [2]
    hops.close(caller)
    again = hops.tend(other, "SUB", "inbox", opens=True)

    assert again.ledger is asked[0].ledger
