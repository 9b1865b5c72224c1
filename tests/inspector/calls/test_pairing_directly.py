"""Pairing by itself: packets in, and what ends, without a capture around them."""

from __future__ import annotations

from collections import deque
from typing import Any

import pytest

from inspector.calls.exchanges import Exchange, Kind, Outcome
from inspector.calls.matching import Doubled, Stray, Tally
from inspector.calls.pairing import Pairing
from inspector.calls.seen import Anomaly, Remark
from inspector.carriers.base import CARRIER_FAILURE
from inspector.streams.connections import Connection, Direction
from inspector.streams.endpoints import Endpoint
from inspector.streams.items import Closed, Gap, Limited
from inspector.streams.packets import DataPacket
from protocol import Event, Json, JsonText, Packet, Request, Response

_SECOND = 1_000_000_000


class _Talk:
    """One connection, and packets on it a second apart."""

    def __init__(
        self, pairing: Pairing, number: int = 1, tally: Tally | None = None
    ) -> None:
        ends = (Endpoint("10.0.0.1", 40_000 + number), Endpoint("10.0.0.2", 8888))
        self.connection = Connection(number, ends, 1, 0)
        self.connection.directions = (
            Direction(self.connection, 0),
            Direction(self.connection, 1),
        )
        self.pairing, self.tally = pairing, tally or Tally()
        self.packets: list[DataPacket] = []

    def packet(self) -> DataPacket:
        number = len(self.packets) + 1
        self.packets.append(DataPacket(number, number * _SECOND, 0, 10, frames=1))
        return self.packets[-1]

    def see(self, packet: Packet, records: int = 1) -> Any:  # noqa: ANN401 — of any kind
        direction = self.connection.directions[isinstance(packet, Response)]
        return self.pairing.see(
            direction, packet, 10, [self.packet() for _ in range(records)]
        )

    def ask(self, identity: Json, pattern: Json = "sum") -> Any:  # noqa: ANN401
        return self.see(Request(pattern, identity))

    def answer(self, identity: Json, *, last: bool = True) -> Any:  # noqa: ANN401
        return self.see(Response(identity, JsonText(b"1"), is_disposed=last))

    def close(self) -> list[Any]:
        closed = Closed(self.connection, 99 * _SECOND, "end")
        *ended, last = self.pairing.hear(closed)
        assert last is closed
        return ended


@pytest.fixture
def talk() -> _Talk:
    tally = Tally()
    return _Talk(Pairing(tally), tally=tally)


def _numbers(exchanges: Any) -> list[int]:  # noqa: ANN401 — whatever can be gone through
    return [each.number for each in exchanges]


def test_a_call_begins_waits_and_ends(talk: _Talk) -> None:
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
        _SECOND,
        2 * _SECOND,
        2 * _SECOND,
    )
    assert (ended.request_bytes, ended.reply_bytes) == (10, 10)
    assert not list(talk.pairing.waiting())
    assert (talk.tally.exchanges, talk.tally.replies) == (1, 1)


def test_an_event_is_over_at_once_at_the_time_of_its_last_packet(talk: _Talk) -> None:
    ended = talk.see(Event("log"), records=3)

    assert (ended.kind, ended.outcome, ended.route) == (Kind.EVENT, Outcome.SENT, "log")
    assert (ended.time_ns, ended.asked_ns, ended.ended_ns) == (
        _SECOND,
        3 * _SECOND,
        3 * _SECOND,
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
    talk: _Talk, one: object, other: object, *, same: bool
) -> None:
    talk.ask(one)
    ended = talk.answer(other)

    assert (ended.kind is Kind.MESSAGE) == same


def test_a_second_request_with_an_id_waits_after_the_first(talk: _Talk) -> None:
    talk.ask("1", "a")
    doubled = talk.ask("1", "b")

    assert isinstance(doubled, Doubled)
    assert (doubled.ledger.number, doubled.record) == (2, talk.packets[1])
    assert _numbers(talk.pairing.waiting()) == [1, 2]
    assert talk.answer("1").route == "a"
    assert _numbers(talk.pairing.waiting()) == [2]
    assert talk.answer("1").route == "b"
    assert isinstance(talk.answer("1"), Stray)


def test_a_reply_after_the_last_names_the_call_that_it_was_for(talk: _Talk) -> None:
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
    talk: _Talk, later: int, kind: type
) -> None:
    talk.ask("first")
    talk.answer("first")
    for number in range(later):
        talk.ask(number)
        talk.answer(number)

    assert isinstance(talk.answer("first"), kind)


@pytest.mark.parametrize("count", [1_022, 1_023, 2_045, 2_046])
def test_calls_are_forgotten_a_thousand_at_a_time(talk: _Talk, count: int) -> None:
    """After 1,024 calls there are two halves, after as many more the first is gone."""
    talk.ask("first")
    talk.answer("first")
    for number in range(count):
        talk.ask(number)
        talk.answer(number)

    assert isinstance(talk.answer("first"), Stray)


def test_a_stream_waits_until_its_last_reply(talk: _Talk) -> None:
    talk.ask("1")

    assert talk.answer("1", last=False) is None
    assert talk.answer("1", last=False) is None
    ended = talk.answer("1")
    assert len(ended.replies) == 3
    assert ended.duration_ns == 3 * _SECOND


def test_a_failure_ends_a_call_whether_or_not_it_says_so(talk: _Talk) -> None:
    talk.ask("1")
    ended = talk.see(Response("1", err=JsonText(b'"no"')))

    assert ended.outcome is Outcome.ERROR


def test_replies_without_a_request_are_an_orphan(talk: _Talk) -> None:
    talk.connection.counts.retransmissions = 7
    talk.connection.carrier = "tcp"
    assert talk.answer("lost", last=False) is None
    orphan = talk.answer("lost")

    assert (orphan.kind, orphan.id, orphan.number) == (Kind.ORPHAN, "lost", 1)
    assert (orphan.time_ns, orphan.asked_ns) == (_SECOND, _SECOND)
    assert (orphan.ledger.kind, orphan.ledger.carrier) == (Kind.ORPHAN, "tcp")
    assert orphan.ledger.number == 1
    assert orphan.retransmissions_before == 7
    assert not orphan.retransmitted
    assert not orphan.gapped
    assert talk.tally.exchanges == 1


def test_the_oldest_that_wait_can_be_asked_for_alone() -> None:
    pairing = Pairing()
    first, second = _Talk(pairing, 1), _Talk(pairing, 2)
    for talk in (first, second):
        for identity in ("a", "b", "c"):
            talk.ask(identity)
    first.answer("a")

    assert _numbers(pairing.waiting()) == [2, 3, 4, 5, 6]
    assert _numbers(pairing.waiting(2 * _SECOND)) == [2, 4, 5]
    assert _numbers(pairing.waiting(2 * _SECOND - 1)) == [4]
    assert _numbers(pairing.waiting(0)) == []


def _gap(talk: _Talk) -> Gap:
    return Gap(talk.connection.directions[0], 5, 7)


@pytest.mark.parametrize("cause", ["frame_memory", CARRIER_FAILURE])
def test_what_waits_is_in_doubt_once_units_were_given_up(
    talk: _Talk, cause: str
) -> None:
    direction = talk.connection.directions[0]
    item: Limited | Anomaly = Limited(direction, cause, 0)
    if cause == CARRIER_FAILURE:
        item = Anomaly(direction, cause, "it fails", talk.packet(), 0)
    talk.ask("1")
    assert list(talk.pairing.hear(item)) == [item]
    talk.ask("2")

    assert [talk.answer(each).gapped for each in ("1", "2")] == [True, False]


def test_another_limit_leaves_no_doubt(talk: _Talk) -> None:
    direction = talk.connection.directions[0]
    talk.ask("1")
    for item in (
        Limited(direction, "connection_memory", 0),
        Anomaly(direction, "invalid-json", "no", talk.packet(), 0),
    ):
        assert list(talk.pairing.hear(item)) == [item]

    assert not talk.answer("1").gapped


def test_a_limit_on_a_connection_without_calls_is_no_doubt(talk: _Talk) -> None:
    direction = talk.connection.directions[0]
    list(talk.pairing.hear(Limited(direction, "frame_memory", 0)))

    assert not talk.answer("lost").gapped


def test_lost_bytes_leave_in_doubt_what_waits_then_and_orphans_later(
    talk: _Talk,
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


def test_a_remark_names_the_call_that_its_packet_has_just_begun(talk: _Talk) -> None:
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
    talk: _Talk,
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
    assert {each.ended_ns for each in ended} == {99 * _SECOND}
    assert {each.cause for each in ended} == {"end"}
    assert talk.close() == []
    assert not list(talk.pairing.waiting())


def test_a_route_is_known_again(talk: _Talk) -> None:
    calls = [talk.see(Event(pattern)) for pattern in ("a", "a", 7, 7, {"b": 1})]

    assert [each.route for each in calls] == ["a", "a", "7", "7", '{"b":1}']
    assert [each.pattern for each in calls] == ["a", "a", 7, 7, {"b": 1}]
    assert [each.ledger.route for each in calls] == [each.route for each in calls]


def test_a_reply_after_bytes_that_were_lost_before_any_call_is_in_doubt(
    talk: _Talk,
) -> None:
    list(talk.pairing.hear(_gap(talk)))

    assert talk.answer("lost").gapped


def test_of_many_with_one_id_the_first_is_taken_without_moving_the_rest(
    talk: _Talk,
) -> None:
    for _ in range(3):
        talk.ask("1")

    (calls,) = talk.pairing._calls.values()  # noqa: SLF001
    assert isinstance(calls.waiting["1"], deque)
    assert [talk.answer("1").number for _ in range(3)] == [1, 2, 3]
