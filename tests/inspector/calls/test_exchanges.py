from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.calls.exchanges import Kind, Outcome, error_text
from inspector.calls.passages import Hop
from protocol import JsonText, dumps
from tests.inspector.conversation import (
    CLIENT,
    SERVER,
    Wire,
    event,
    inspected,
    request,
    response,
)
from tests.inspector.over_nats import Broker

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_kinds_and_outcomes_are_the_words_of_the_json_lines() -> None:
    assert list(Kind) == ["message", "event", "orphan"]
    assert set(Outcome) == {
        "completed",
        "error",
        "no_handler",
        "unanswered",
        "incomplete",
        "sent",
        "undelivered",
        "rejected",
    }


def test_packets_are_counted_over_all_frames() -> None:
    wire = Wire()
    call = wire.connect().split(CLIENT, request("sum", "1", "x" * 50), 10, 30)
    call.send(SERVER, response("1", 1, last=False)).split(SERVER, response("1", 2), 5)
    (exchange,) = inspected(wire.records).exchanges

    assert len(exchange.request_packets) == 3
    assert len(exchange.reply_packets) == 3
    assert exchange.packets == 6


def test_values_of_one_stream_in_one_packet_count_it_once() -> None:
    wire = Wire()
    call = wire.connect().ask("list", "1")
    replies = [response("1", number, last=number == 4) for number in range(5)]
    call.send(SERVER, *replies[:2]).send(SERVER, *replies[2:])
    (exchange,) = inspected(wire.records).exchanges

    assert [packet.number for packet in exchange.reply_packets] == [5, 6]
    assert exchange.packets == 3


class _Counting(list[Hop]):
    """Hops of a stream that count how often all of them are looked at."""

    looks = 0

    def __iter__(self) -> Iterator[Hop]:
        _Counting.looks += 1
        return super().__iter__()


def test_packets_that_a_stream_over_a_broker_shares_are_found_in_one_go() -> None:
    broker = Broker()
    worker, caller = broker.worker("count"), broker.peer()
    passing = caller.ask("count")
    worker.take(passing)
    for number in range(50):
        caller.get(passing, worker.answer(passing, number, last=number == 49))
    caller.leave(passing)
    (exchange,) = inspected(broker.wire.records).exchanges
    assert exchange.passage is not None
    for packet in exchange.reply_packets:
        packet.frames += 1  # of another exchange
    exchange.passage.hops = _Counting(exchange.passage.hops)

    assert exchange.shared_packets == exchange.reply_packets
    assert _Counting.looks == 1


def test_a_stream_shares_nothing_with_itself() -> None:
    wire = Wire()
    call = wire.connect().ask("list", "1")
    call.send(SERVER, response("1", 1, last=False), response("1", 2))
    (exchange,) = inspected(wire.records).exchanges

    assert not exchange.shared


@pytest.mark.parametrize(
    "packets",
    [
        [event("log", 1), request("list", "1")],
        [request("list", "1"), event("log", 1)],
    ],
)
def test_exchanges_in_one_packet_share_it(packets: list[object]) -> None:
    wire = Wire()
    wire.connect().send(CLIENT, *packets).answer("1", 1)  # type: ignore[arg-type]

    assert all(each.shared for each in inspected(wire.records).exchanges)


def test_replies_of_two_calls_in_one_packet_share_it() -> None:
    wire = Wire()
    call = wire.connect().ask("a", "1").ask("b", "2").ask("c", "3")
    call.send(SERVER, response("1", 1), response("2", 2)).answer("3", 3)
    exchanges = inspected(wire.records).exchanges

    assert [each.shared for each in exchanges] == [True, True, False]


@pytest.mark.parametrize("when", ["before", "meanwhile", "after"])
def test_a_retransmission_marks_the_calls_that_it_delays(when: str) -> None:
    wire = Wire()
    call = wire.connect().emit("log", 1)
    if when == "before":
        call.resend(4)
    call.ask("sum", "1")
    if when == "meanwhile":
        call.resend(len(wire.records))
    call.answer("1", 6)
    if when == "after":
        call.resend(len(wire.records))
    exchange = inspected(wire.records).exchanges[1]

    assert exchange.retransmitted == (when == "meanwhile")
    assert exchange.packets == 2


@pytest.mark.parametrize(
    ("err", "text"),
    [
        ("boom", "boom"),
        ({"status": "error", "message": "boom"}, "boom"),
        ({"status": "error", "message": 7}, '{"status":"error","message":7}'),
        ({"code": 42}, '{"code":42}'),
        ([1, 2], "[1,2]"),
        (7, "7"),
        (None, "null"),
    ],
)
def test_of_an_error_a_person_reads_the_message_else_the_json(
    err: object, text: str
) -> None:
    assert error_text(JsonText(dumps(err))) == text


def test_how_long_a_call_waited_is_unknown_where_its_times_contradict_that() -> None:
    wire = Wire()
    wire.connect().ask("sum", "1")
    (call,) = inspected(wire.linger().records).exchanges

    assert call.waited_ns(call.asked_ns) == 0
    assert call.waited_ns(call.asked_ns + 5) == 5
    assert call.waited_ns(call.asked_ns - 1) is None
    call.untimed = True
    assert call.waited_ns(call.asked_ns + 5) is None
