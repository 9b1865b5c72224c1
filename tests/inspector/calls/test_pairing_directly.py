"""Pairing by itself: packets in, and what ends, without a capture around them."""

from __future__ import annotations

from collections import deque
from typing import Any

import pytest

from inspector.calls.exchanges import Exchange, Kind, Outcome
from inspector.calls.matching import Doubled, Stray, Tally
from inspector.calls.pairing import Pairing
from inspector.calls.seen import Anomaly, Remark, Upkeep
from inspector.carriers.base import CARRIER_FAILURE, Errand
from inspector.streams.items import Gap, Limited
from protocol import Event, JsonText, Request, Response
from tests.inspector.calls.talks import SECOND, Talk


@pytest.fixture
def talk() -> Talk:
    tally = Tally()
    return Talk(Pairing(tally), tally=tally)


def _numbers(exchanges: Any) -> list[int]:  # noqa: ANN401 — whatever can be gone through
    return [each.number for each in exchanges]


def test_a_call_begins_waits_and_ends(talk: Talk) -> None:
    assert talk.ask("1") is None
    (waiting,) = talk.pairing.waiting()
    ended = talk.answer("1")

    assert ended is waiting
    assert (ended.number, ended.kind, ended.outcome) == (
        1,
        Kind.MESSAGE,
        Outcome.COMPLETED,
    )
    assert (ended.asked_ns, ended.first_reply_ns, ended.ended_ns) == (
        SECOND,
        2 * SECOND,
        2 * SECOND,
    )
    assert (ended.request_bytes, ended.reply_bytes) == (10, 10)
    assert not list(talk.pairing.waiting())
    assert (talk.tally.exchanges, talk.tally.replies) == (1, 1)


def test_a_request_is_complete_with_the_last_of_its_packets(talk: Talk) -> None:
    for count in (1, 2, 3):
        talk.see(Request("sum", str(count)), records=count)

    assert [
        (each.time_ns // SECOND, each.asked_ns // SECOND)
        for each in talk.pairing.waiting()
    ] == [(1, 1), (2, 3), (4, 6)]


def test_an_event_is_over_at_once_at_the_time_of_its_last_packet(talk: Talk) -> None:
    ended = talk.see(Event("log"), records=3)

    assert (ended.kind, ended.outcome, ended.route) == (Kind.EVENT, Outcome.SENT, "log")
    assert (ended.time_ns, ended.asked_ns, ended.ended_ns) == (
        SECOND,
        3 * SECOND,
        3 * SECOND,
    )
    assert (talk.tally.exchanges, talk.tally.replies) == (1, 0)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (5, 5.0, True),
        (5, "5", False),
        (0, False, False),
        (1, True, False),
        ("null", None, False),
        ([1], [1], True),
        ([1], [2], False),
    ],
)
def test_an_id_is_one_of_its_type(
    talk: Talk, one: object, other: object, *, same: bool
) -> None:
    talk.ask(one)
    ended = talk.answer(other)

    assert (ended.kind is Kind.MESSAGE) == same


def test_a_second_request_with_an_id_waits_after_the_first(talk: Talk) -> None:
    talk.ask("1", "a")
    doubled = talk.ask("1", "b")

    assert isinstance(doubled, Doubled)
    assert (doubled.ledger.number, doubled.record) == (2, talk.packets[1])
    assert _numbers(talk.pairing.waiting()) == [1, 2]
    assert talk.answer("1").route == "a"
    assert _numbers(talk.pairing.waiting()) == [2]
    assert talk.answer("1").route == "b"
    assert isinstance(talk.answer("1"), Stray)


def test_a_reply_after_the_last_names_the_call_that_it_was_for(talk: Talk) -> None:
    talk.ask("1")
    ended = talk.answer("1")
    stray = talk.answer("1")

    assert isinstance(stray, Stray)
    assert stray.ledger is ended.ledger
    assert stray.record is talk.packets[-1]
    assert talk.tally.replies == 2
    assert talk.tally.exchanges == 1


@pytest.mark.parametrize(("later", "kind"), [(1_023, Stray), (2_047, Exchange)])
def test_the_last_thousand_calls_are_remembered(
    talk: Talk, later: int, kind: type
) -> None:
    talk.ask("first")
    talk.answer("first")
    for number in range(later):
        talk.ask(number)
        talk.answer(number)

    assert isinstance(talk.answer("first"), kind)


@pytest.mark.parametrize("count", [1_022, 1_023, 2_045, 2_046])
def test_calls_are_forgotten_a_thousand_at_a_time(talk: Talk, count: int) -> None:
    """After 1,024 calls there are two halves, after as many more the first is gone."""
    talk.ask("first")
    talk.answer("first")
    for number in range(count):
        talk.ask(number)
        talk.answer(number)

    assert isinstance(talk.answer("first"), Stray)


def test_a_stream_waits_until_its_last_reply(talk: Talk) -> None:
    talk.ask("1")

    assert talk.answer("1", last=False) is None
    assert talk.answer("1", last=False) is None
    ended = talk.answer("1")
    assert len(ended.replies) == 3
    assert ended.duration_ns == 3 * SECOND


def test_a_failure_ends_a_call_whether_or_not_it_says_so(talk: Talk) -> None:
    talk.ask("1")
    ended = talk.see(Response("1", err=JsonText(b'"no"')))

    assert ended.outcome is Outcome.ERROR


def test_replies_without_a_request_are_an_orphan(talk: Talk) -> None:
    talk.connection.counts.retransmissions = 7
    talk.connection.carrier = "tcp"
    assert talk.answer("lost", last=False) is None
    orphan = talk.answer("lost")

    assert (orphan.kind, orphan.id, orphan.number) == (Kind.ORPHAN, "lost", 1)
    assert (orphan.time_ns, orphan.asked_ns) == (SECOND, SECOND)
    assert (orphan.ledger.kind, orphan.ledger.carrier) == (Kind.ORPHAN, "tcp")
    assert orphan.ledger.number == 1
    assert orphan.retransmissions_before == 7
    assert not orphan.retransmitted
    assert not orphan.gapped
    assert talk.tally.exchanges == 1


def test_the_oldest_that_wait_can_be_asked_for_alone() -> None:
    pairing = Pairing()
    first, second = Talk(pairing, 1), Talk(pairing, 2)
    for talk in (first, second):
        for identity in ("a", "b", "c"):
            talk.ask(identity)
    first.answer("a")

    assert _numbers(pairing.waiting()) == [2, 3, 4, 5, 6]
    assert _numbers(pairing.waiting(2 * SECOND)) == [2, 4, 5]
    assert _numbers(pairing.waiting(2 * SECOND - 1)) == [4]
    assert _numbers(pairing.waiting(0)) == []


def test_of_those_with_one_id_the_later_may_not_have_waited_so_long(talk: Talk) -> None:
    for identity in ("a", "a", "b"):
        talk.ask(identity)

    assert _numbers(talk.pairing.waiting(SECOND)) == [1]
    assert _numbers(talk.pairing.waiting(2 * SECOND)) == [1, 2]


def _gap(talk: Talk) -> Gap:
    return Gap(talk.connection.directions[0], 5, 7)


def test_what_is_out_of_order_names_its_last_packet(talk: Talk) -> None:
    talk.ask("1")
    doubled = talk.see(Request("b", "1"), records=2)
    for _ in range(2):
        talk.answer("1")
    stray = talk.see(Response("1", is_disposed=True), records=2)

    assert doubled.record is talk.packets[2]
    assert stray.record is talk.packets[-1]


def test_an_errand_is_for_the_first_of_those_with_its_id(talk: Talk) -> None:
    talk.ask("1")
    talk.ask("1")
    errand = Errand(side=0, begin=0, end=5, verb="confirm", about=("1",))
    upkeep = Upkeep(talk.connection.directions[0], errand, [talk.packet()])
    list(talk.pairing.hear(upkeep))
    first, second = talk.pairing.waiting()

    assert upkeep.ledger is first.ledger
    assert first.errands is not None
    assert second.errands is None


def test_an_orphan_begins_with_the_first_packet_of_its_reply(talk: Talk) -> None:
    orphan = talk.see(Response("1", is_disposed=True), records=2)

    assert (orphan.time_ns, orphan.asked_ns) == (SECOND, SECOND)
    assert orphan.ended_ns == 2 * SECOND


@pytest.mark.parametrize("cause", ["frame_memory", CARRIER_FAILURE])
def test_what_waits_is_in_doubt_once_units_were_given_up(
    talk: Talk, cause: str
) -> None:
    direction = talk.connection.directions[0]
    item: Limited | Anomaly = Limited(direction, cause, 0)
    if cause == CARRIER_FAILURE:
        item = Anomaly(direction, cause, "it fails", talk.packet(), 0)
    talk.ask("1")
    assert list(talk.pairing.hear(item)) == [item]
    talk.ask("2")

    assert [talk.answer(each).gapped for each in ("1", "2")] == [True, False]


def test_another_limit_leaves_no_doubt(talk: Talk) -> None:
    direction = talk.connection.directions[0]
    talk.ask("1")
    for item in (
        Limited(direction, "connection_memory", 0),
        Anomaly(direction, "invalid-json", "no", talk.packet(), 0),
    ):
        assert list(talk.pairing.hear(item)) == [item]

    assert not talk.answer("1").gapped


def test_a_limit_on_a_connection_without_calls_is_no_doubt(talk: Talk) -> None:
    direction = talk.connection.directions[0]
    list(talk.pairing.hear(Limited(direction, "frame_memory", 0)))

    assert not talk.answer("lost").gapped


def test_lost_bytes_leave_in_doubt_what_waits_then_and_orphans_later(
    talk: Talk,
) -> None:
    talk.ask("1")
    gap = _gap(talk)
    assert list(talk.pairing.hear(gap)) == [gap]
    talk.ask("2")

    assert [talk.answer(each).gapped for each in ("lost", "1", "2")] == [
        True,
        True,
        False,
    ]


def test_a_remark_names_the_call_that_its_packet_has_just_begun(talk: Talk) -> None:
    talk.ask("1", {"cmd": "sum"})
    direction, record = talk.connection.directions[0], talk.packet()
    request = Remark("x", direction, record, packet=Request({"cmd": "sum"}, "1"))
    reply = Remark("x", direction, record, packet=Response("1"))
    bare = Remark("x", direction, record)
    for remark in (request, reply, bare):
        assert list(talk.pairing.hear(remark)) == [remark]

    assert (request.exchange, request.route) == (1, '{"cmd":"sum"}')
    assert (reply.exchange, reply.route) == (None, None)
    assert (bare.exchange, bare.route) == (None, None)


def test_what_is_left_at_the_end_ends_in_the_order_of_its_requests(
    talk: Talk,
) -> None:
    for identity in ("1", "2", "1"):
        talk.ask(identity)
    talk.answer("2", last=False)
    list(talk.pairing.hear(_gap(talk)))
    talk.ask("3")
    ended = talk.close()

    assert [(each.number, each.outcome, each.gapped) for each in ended] == [
        (1, Outcome.UNANSWERED, True),
        (2, Outcome.INCOMPLETE, True),
        (3, Outcome.UNANSWERED, True),
        (4, Outcome.UNANSWERED, False),
    ]
    assert {each.ended_ns for each in ended} == {99 * SECOND}
    assert {each.cause for each in ended} == {"end"}
    assert talk.close() == []
    assert not list(talk.pairing.waiting())


def test_a_route_is_known_again(talk: Talk) -> None:
    calls = [talk.see(Event(pattern)) for pattern in ("a", "a", 7, 7, {"b": 1})]

    assert [each.route for each in calls] == ["a", "a", "7", "7", '{"b":1}']
    assert [each.pattern for each in calls] == ["a", "a", 7, 7, {"b": 1}]
    assert [each.ledger.route for each in calls] == [each.route for each in calls]


def test_a_reply_after_bytes_that_were_lost_before_any_call_is_in_doubt(
    talk: Talk,
) -> None:
    list(talk.pairing.hear(_gap(talk)))

    assert talk.answer("lost").gapped


def test_of_many_with_one_id_the_first_is_taken_without_moving_the_rest(
    talk: Talk,
) -> None:
    for _ in range(3):
        talk.ask("1")

    (calls,) = talk.pairing.calls.values()
    assert isinstance(calls.waiting["1"], deque)
    assert [talk.answer("1").number for _ in range(3)] == [1, 2, 3]
