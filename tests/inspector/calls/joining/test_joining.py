"""What is heard of brokers' connections is joined, noted, or passed on."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from inspector.calls.costs import cost_of
from inspector.calls.exchanges import Exchange, Outcome
from inspector.calls.joining.memory import RECONNECT_NS, Memory
from inspector.calls.reasons import reasons_of
from inspector.calls.seen import Anomaly, Recognised, Remark, Upkeep
from inspector.carriers.base import Idle
from inspector.pipeline import Pipeline
from inspector.streams.items import Closed, Gap
from inspector.streams.packets import DataPacket
from protocol import Event, Request
from tests.inspector.calls.joining.hops import (
    MILLISECOND,
    SECOND,
    Hops,
    event,
    reply,
    request,
    to,
)
from tests.inspector.conversation import CLIENT, SERVER, cut, inspected
from tests.inspector.over_nats import Broker, called, emitted, publish

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from inspector.sources.records import PacketRecord


def test_numbers_are_in_the_order_of_what_was_seen_first() -> None:
    broker = Broker()
    caller, handler = broker.peer(), broker.worker("sum", "log")
    asked = caller.ask("sum", 1)
    sent = caller.emit("log", 1)
    second = caller.ask("sum", 2)
    handler.take(second).take(sent).take(asked)
    caller.get(second, handler.answer(second, 2)).leave(second)
    caller.get(asked, handler.answer(asked, 1)).leave(asked)
    exchanges = inspected(broker.wire.records).exchanges

    assert [(each.number, each.route) for each in exchanges] == [
        (1, "sum"),
        (2, "log"),
        (3, "sum"),
    ]


def test_a_sighting_learns_its_ledger_and_which_reply_it_is() -> None:
    hops = Hops()
    caller, handler = hops.connect(), hops.connect()
    asked = hops.hand_in(caller, request("a"), **to("a"))
    answers = [
        hops.hand_in(
            handler, reply("a", each, last=False), channel="a", correlation="a"
        )
        for each in range(2)
    ]
    got = hops.hand_out(caller, reply("a", 1, last=False), channel="a", correlation="a")

    assert {each.ledger for each in [asked, *answers, got]} == {asked.ledger}
    assert [each.reply for each in [asked, *answers, got]] == [0, 1, 2, 2]


def test_all_else_is_passed_on_but_the_end() -> None:
    hops = Hops()
    peer = hops.connect()
    direction, record = peer.directions[0], DataPacket(1, 1, 0, 1)
    unit = Idle(side=0, begin=0, end=1, verb="PING")
    for item in (
        Gap(direction, 1, 1),
        Anomaly(direction, "invalid-json", "", record, 0),
        Recognised(peer),
        Upkeep(direction, unit, [record]),
        Remark("code", direction, record),
        Closed(peer, 1, "close"),
    ):
        assert list(hops.joining.hear(item)) == [item]
    assert hops.end() == []


def test_a_remark_is_of_the_exchange_that_begins_next_to_it() -> None:
    hops = Hops()
    peer = hops.connect()
    hops.hand_in(peer, request("a"), **to("a"))
    remarks = [
        Remark("code", peer.directions[0], DataPacket(1, 1, 0, 1), packet=packet)
        for packet in (Request({"b": 1, "a": 2}, "1"), Event("log"), reply("1"), None)
    ]
    for each in remarks:
        hops.joining.hear(each)

    assert [each.exchange for each in remarks] == [1, 1, None, None]
    assert [each.route for each in remarks] == ['{"a":2,"b":1}', "log", None, None]


@pytest.mark.parametrize("client", [0, 1, None])
def test_the_way_of_a_hop_is_that_from_or_to_who_connected(client: int | None) -> None:
    hops = Hops()
    peer = hops.connect()
    peer.client = client
    (hops.hand_out if client else hops.hand_in)(peer, event())
    (exchange,) = hops.end()
    assert exchange.passage is not None

    assert exchange.passage.hops[0].way == "in"


def test_a_transfer_in_several_packets_is_complete_with_the_last_of_them() -> None:
    broker = Broker()
    caller, handler = broker.peer(), broker.worker("sum")
    asked = caller.ask("sum", "x" * 50)
    data = handler.message(asked.subject, asked.body, asked.inbox)
    for piece in cut(data, 10, 40):
        broker.wire.wait(MILLISECOND)
        handler.hear(piece)
    caller.get(asked, handler.answer(asked, 2)).leave(asked)
    (call,) = inspected(broker.wire.records).exchanges
    assert call.passage is not None

    hop = call.passage.hops[1]
    assert len(hop.records) == 3
    assert hop.time_ns == hop.records[2].time_ns
    assert (call.packets, reasons_of(call)) == (7, ["split"])
    cost = cost_of(call)
    assert cost is not None
    assert cost.packets == 5


def test_packets_with_more_than_one_unit_of_a_call_are_merged() -> None:
    broker = Broker()
    caller, handler = broker.peer(), broker.worker("sum")
    asked = caller.ask("sum", 1)
    handler.take(asked)
    assert asked.inbox is not None
    bodies = [b'{"response":1,"id":"%b"}' % str(asked.identity).encode() for _ in "ab"]
    last = b'{"isDisposed":true,"id":"%b"}' % str(asked.identity).encode()
    handler.say(*(publish(asked.inbox, body) for body in [*bodies, last]))
    caller.hear(*(caller.message(asked.inbox, body) for body in [*bodies, last]))
    caller.leave(asked)
    result = inspected(broker.wire.records)
    (call,) = result.exchanges

    assert (call.packets, call.values) == (5, 3)
    assert reasons_of(call) == ["stream", "merged"]
    assert (call.shared, call.shared_packets) == (False, [])
    assert sum(row.data for row in result.report.packet_rows.values()) == 5


def test_an_unsub_in_the_packet_of_the_next_request_is_shared() -> None:
    broker = Broker()
    caller, handler = broker.peer(), broker.worker("sum")
    first = caller.ask("sum", 1)
    handler.take(first)
    caller.get(first, handler.answer(first, 1))
    number = caller.numbers[first.inbox or ""]
    second_inbox = "_INBOX.ABCDEFGHIJKLMNOPQRSTUV"
    body = b'{"pattern":"sum","data":2,"id":"second"}'
    caller.say(
        b"UNSUB %d\r\n" % number,
        caller.sub(second_inbox),
        publish("sum", body, second_inbox),
    )
    result = inspected(broker.wire.linger().records)
    one, two = result.exchanges

    assert (one.packets, two.packets) == (5, 1)
    assert (one.shared, two.shared) == (True, True)
    assert sum(row.data for row in result.report.packet_rows.values()) == 5


def test_calls_wait_until_they_are_answered_oldest_first() -> None:
    hops = Hops()
    caller = hops.connect()
    asked = [hops.hand_in(caller, request(each), **to(each)) for each in "abc"]
    hops.hand_in(caller, event())
    hops.hand_out(caller, reply("b"), channel="b", correlation="b")
    first_ns = asked[0].records[0].time_ns

    assert [each.number for each in hops.joining.waiting()] == [1, 3]
    assert [each.number for each in hops.joining.waiting(first_ns)] == [1]
    assert [each.number for each in hops.joining.waiting(first_ns - 1)] == []


def test_time_alone_tells_what_is_over() -> None:
    broker = Broker()
    sender, worker = broker.peer(), broker.worker("log")
    emitted(sender, worker)
    sender.ask("sum", 1)
    pipeline = Pipeline()
    watched: list[Exchange] = []

    def passing() -> Iterator[PacketRecord]:
        yield from broker.wire.records
        for late_ns in (SECOND // 2, 2 * SECOND, 3600 * SECOND):
            found = pipeline.elapse(broker.wire.now_ns + late_ns)
            watched.extend(each for each in found if isinstance(each, Exchange))
            counts.append(len(watched))

    counts: list[int] = []
    rest = [each for each in pipeline.inspect(passing()) if isinstance(each, Exchange)]

    assert counts == [0, 1, 1]
    assert (watched[0].route, watched[0].packets) == ("log", 2)
    assert [each.route for each in rest] == ["sum"]


def test_elapse_tells_nothing_before_it_is_time() -> None:
    hops = Hops()
    hops.hand_in(hops.connect(), event())

    assert list(hops.joining.elapse(hops.now_ns)) == []
    assert list(hops.joining.elapse(hops.now_ns + SECOND - 1)) == []
    assert len(list(hops.joining.elapse(hops.now_ns + SECOND))) == 1


def test_a_call_whose_connection_is_lost_is_told_when_it_is_too_late() -> None:
    hops = Hops()
    caller, handler = hops.connect(), hops.connect()
    hops.hand_in(caller, request("a"), **to("a"))
    hops.close(caller, "reset")
    hops.elapse(RECONNECT_NS // 2)
    hops.hand_in(handler, reply("a"), channel="a", correlation="a")
    hops.elapse(RECONNECT_NS)
    (call,) = hops.exchanges

    assert (call.outcome, call.cause) == (Outcome.UNANSWERED, "reset")


def test_the_end_of_a_connection_ends_the_times_when_its_bytes_were_missing() -> None:
    hops = Hops()
    peer = hops.connect()
    hops.lose(peer.directions[0])
    assert hops.book.lacking.gaps(peer.directions[0]) == 1
    hops.close(peer)

    assert hops.book.lacking.gaps(peer.directions[0]) == 0


@pytest.mark.parametrize("ends", ["close", "reset", "end"])
def test_all_is_told_by_the_end_of_the_capture(ends: str) -> None:
    broker = Broker()
    caller = broker.peer()
    caller.ask("sum", 1)
    caller.emit("log", 1)
    if ends == "close":
        caller.close()
    elif ends == "reset":
        caller.line.reset(SERVER)
    calls = inspected(broker.wire.records).exchanges

    assert [(each.outcome, each.cause) for each in calls] == [
        (Outcome.UNANSWERED, ends),
        (Outcome.SENT, None),
    ]
    assert calls[0].in_flight is (ends == "end")


def _functions_called(work: Callable[[], object]) -> int:
    """Return how many functions of Python are called."""
    count = 0

    def note(_frame: object, what: str, _argument: object) -> None:
        nonlocal count
        count += what == "call"

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def _separate(hops: Hops, number: int) -> None:
    caller, handler = hops.connect(), hops.connect()
    hops.call(caller, handler, inbox=f"{number}")
    hops.close(caller)
    hops.close(handler)


def _one_inbox(hops: Hops, number: int) -> None:
    caller, handler = hops.connect(), hops.connect()
    hops.call(caller, handler, inbox="a", value=number)


def _like_events(hops: Hops, number: int) -> None:
    hops.hand_in(hops.connect(), event())
    hops.hand_out(hops.connect(opened_ns=hops.now_ns), event(), destination="g")
    if number % 10 == 0:
        hops.hand_out(hops.connect(opened_ns=1), event())


def _unanswered(hops: Hops, number: int) -> None:
    caller = hops.connect()
    hops.hand_in(caller, request(f"{number}"), **to(f"{number}"))
    hops.tend(caller, "UNSUB", f"{number}")


def _waiting(hops: Hops, number: int) -> None:
    hops.hand_in(hops.connect(), request(f"{number}"), **to(f"{number}"))
    hops.lose(hops.connect().directions[0])


def _one_stream(hops: Hops, number: int) -> None:
    peer = hops.connect()
    packet = reply("a", number, last=False)
    hops.hand_in(peer, packet, channel="a", correlation="a")
    hops.hand_out(peer, packet, channel="a", correlation="a")


@pytest.mark.parametrize("most", [100, 20_000])
@pytest.mark.parametrize(
    "each",
    [_separate, _one_inbox, _like_events, _unanswered, _waiting, _one_stream],
)
def test_work_grows_as_what_passes_does(
    each: Callable[[Hops, int], None], most: int
) -> None:
    def work(rounds: int) -> None:
        hops = Hops(Memory(most_open=most, most_remembered=most))
        for number in range(rounds):
            each(hops, number)
        hops.end()

    few, many = (_functions_called(lambda n=n: work(n)) for n in (300, 600))  # type: ignore[misc]

    assert many < 2.2 * few


def test_a_conversation_in_any_cut_of_its_bytes_is_the_same() -> None:
    broker = Broker()
    caller, handler = broker.peer(), broker.worker("sum")
    asked = caller.ask("sum", 1)
    data = handler.message(asked.subject, asked.body, asked.inbox)
    for piece in cut(data, *range(1, len(data))):
        handler.line.send(SERVER, piece)
    handler.line.ack(CLIENT)
    caller.get(asked, handler.answer(asked, 2)).leave(asked)
    called(caller, handler)
    first, second = inspected(broker.wire.records).exchanges

    assert (first.outcome, second.outcome) == (Outcome.COMPLETED, Outcome.COMPLETED)
    assert (first.packets, second.packets) == (4 + len(data), 5)
