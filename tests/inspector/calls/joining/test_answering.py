"""Replies on their way: which count, which are too many, and which end a call."""

from __future__ import annotations

import pytest

from inspector.calls.exchanges import Exchange, Kind, Outcome
from inspector.calls.joining.joined import MAX_PENDING
from inspector.calls.matching import Late, Stray
from inspector.calls.passages import Leg, Way
from inspector.calls.reasons import reasons_of
from protocol import UNDEFINED, Response
from tests.inspector.calls.joining.hops import (
    BROKER,
    MILLISECOND,
    OTHER,
    Hops,
    adds_up,
    reply,
    request,
    to,
)
from tests.inspector.conversation import (
    STEP,
    Inspected,
    inspected,
    response,
)
from tests.inspector.over_nats import Broker, called


def test_times_are_those_of_each_stage() -> None:
    broker = Broker()
    caller, handler = broker.peer(), broker.worker("sum")
    asked = caller.ask("sum", 1)
    broker.wire.wait(10 * MILLISECOND)
    handler.take(asked)
    broker.wire.wait(20 * MILLISECOND)
    body = handler.answer(asked, 2)
    broker.wire.wait(40 * MILLISECOND)
    caller.get(asked, body).leave(asked)
    (call,) = inspected(broker.wire.records).exchanges
    passage = call.passage
    assert passage is not None

    assert passage.queue_ns == 10 * MILLISECOND + STEP
    assert passage.handler_ns == 20 * MILLISECOND + STEP
    assert passage.return_ns == 40 * MILLISECOND + STEP
    assert call.latency_ns == call.duration_ns == 70 * MILLISECOND + 3 * STEP


def test_a_stream_of_equal_values_is_told_value_by_value() -> None:
    broker = Broker()
    caller, handler = broker.peer(), broker.worker("sum")
    asked = caller.ask("sum", 1)
    handler.take(asked)
    bodies = [handler.answer(asked, 7, last=False) for _ in range(3)]
    bodies.append(handler.answer(asked))
    for body in bodies:
        caller.get(asked, body)
    caller.leave(asked)
    result = inspected(broker.wire.records)
    (call,) = result.exchanges
    assert call.passage is not None

    assert (call.values, call.packets, call.outcome) == (4, 11, Outcome.COMPLETED)
    assert [hop.reply for hop in call.passage.hops[2:]] == [1, 2, 3, 4] * 2
    assert reasons_of(call) == ["stream"]
    assert adds_up(result)


def _two_servers(*, values: int = 1) -> tuple[Broker, Inspected]:
    """Return a call that two servers without a group take, of several values each."""
    broker = Broker()
    caller = broker.peer()
    workers = [broker.worker("sum") for _ in range(2)]
    asked = caller.ask("sum", 1)
    for worker in workers:
        worker.take(asked)
    for number in range(values):
        last = number == values - 1
        bodies = [worker.answer(asked, number, last=last) for worker in workers]
        for body in bodies:
            caller.get(asked, body)
    caller.leave(asked)
    return broker, inspected(broker.wire.records)


def test_of_two_servers_that_answer_the_second_is_surplus() -> None:
    _, result = _two_servers()
    (call,) = result.exchanges
    assert call.passage is not None

    assert (call.values, call.packets, call.outcome) == (1, 8, Outcome.COMPLETED)
    assert (call.passage.surplus_in, call.passage.surplus_out) == (0, 1)
    assert reasons_of(call) == ["fan-out", "surplus"]
    assert [hop.surplus for hop in call.passage.of(Leg.REPLY, Way.OUT)] == [
        False,
        True,
    ]
    assert result.report.replies == 2
    assert adds_up(result)


def test_streams_of_two_servers_are_mixed_until_the_first_ends() -> None:
    _, result = _two_servers(values=3)
    (call,) = result.exchanges
    assert call.passage is not None

    assert (call.values, call.packets) == (5, 16)
    assert call.passage.surplus == 1
    assert {"stream", "fan-out", "surplus"} <= set(reasons_of(call))
    assert adds_up(result)


def test_a_second_answer_after_the_first_was_handed_on_is_surplus_both_ways() -> None:
    hops = Hops()
    caller, first, second = (hops.connect() for _ in range(3))
    hops.hand_in(caller, request("a"), **to("a"))
    for each in (first, second):
        hops.hand_out(each, request("a"), **to("a"))
    for each in (first, second):
        hops.hand_in(each, reply("a"), channel="a", correlation="a")
        hops.hand_out(caller, reply("a"), channel="a", correlation="a")
    (call,) = hops.end()
    assert call.passage is not None

    assert (call.passage.surplus_in, call.passage.surplus_out) == (1, 1)
    assert [hop.reply for hop in call.passage.hops] == [0, 0, 0, 1, 1, 2, 2]
    assert hops.book.tally.replies == 2


def test_a_monitor_that_has_all_subjects_overhears() -> None:
    broker = Broker()
    caller, handler = broker.peer(), broker.worker("sum")
    monitor = broker.worker(">")
    asked = caller.ask("sum", 1)
    handler.take(asked)
    monitor.take(asked)
    body = handler.answer(asked, 2)
    monitor.get(asked, body)
    caller.get(asked, body).leave(asked)
    result = inspected(broker.wire.records)
    (call,) = result.exchanges
    assert call.passage is not None

    assert (call.outcome, call.values, call.packets) == (Outcome.COMPLETED, 1, 7)
    assert (call.passage.overheard, call.passage.surplus) == (1, 0)
    assert "overheard" in reasons_of(call)
    assert call.latency_ns == 5 * STEP
    assert adds_up(result)


def test_a_monitor_of_inboxes_alone_is_not_taken_for_the_caller() -> None:
    broker = Broker()
    caller, handler = broker.peer("10.1.1.1:1"), broker.worker("sum")
    monitor = broker.worker("_INBOX.>")
    asked = caller.ask("sum", 1)
    handler.take(asked)
    body = handler.answer(asked, 2)
    caller.get(asked, body).leave(asked)
    monitor.get(asked, body)
    (call,) = inspected(broker.wire.records).exchanges

    assert (call.client_text, call.values) == ("10.1.1.1:1", 1)
    assert call.packets + 1 == call.ledger.data_packets  # what came when it was told


def test_who_hears_replies_where_no_caller_is_seen_is_taken_for_it() -> None:
    hops = Hops()
    handler, caller, monitor = (hops.connect() for _ in range(3))
    hops.hand_out(handler, request("a"), **to("a"))
    hops.hand_in(handler, reply("a", last=False), channel="a", correlation="a")
    hops.hand_out(handler, reply("a", last=False), channel="a", correlation="a")
    hops.hand_out(caller, reply("a", last=False), channel="a", correlation="a")
    hops.hand_out(monitor, reply("a", last=False), channel="a", correlation="a")
    (call,) = hops.end()
    assert call.passage is not None

    assert call.connection is caller  # not the handler, who has it from a wildcard
    assert [hop.overheard for hop in call.passage.hops] == [False] * 2 + [
        True,
        False,
        True,
    ]
    assert call.values == 1


@pytest.mark.parametrize("ended", [True, False])
def test_a_reply_with_another_id_is_ignored(*, ended: bool) -> None:
    broker = Broker()
    caller, handler = broker.peer(), broker.worker("sum")
    asked = caller.ask("sum", 1)
    handler.take(asked)
    body = handler.reply(asked, response("another", 2))
    caller.get(asked, body)
    if ended:
        caller.get(asked, handler.answer(asked, 3)).leave(asked)
    result = inspected(broker.wire.linger().records)
    (call,) = result.exchanges

    assert call.outcome is (Outcome.COMPLETED if ended else Outcome.UNANSWERED)
    assert call.values == ended
    assert call.packets == call.ledger.data_packets == (7 if ended else 4)
    assert adds_up(result)


@pytest.mark.parametrize("identity", ["1", UNDEFINED])
def test_a_reply_has_the_id_of_its_call_or_none(identity: str) -> None:
    hops = Hops()
    caller = hops.connect()
    hops.hand_in(caller, request("1"), **to("a"))
    packet = Response(identity, is_disposed=True)
    hops.hand_out(caller, packet, channel="a", correlation="a")
    hops.hand_in(caller, request("1.0"), **to("b"))
    (call, _) = hops.end()

    assert call.outcome is Outcome.COMPLETED
    assert not any(isinstance(each, Stray) for each in hops.told)


def test_of_calls_with_one_inbox_a_reply_is_to_that_with_its_id_which_waits() -> None:
    hops = Hops()
    caller, handler = hops.connect(), hops.connect()
    asked = [
        hops.hand_in(caller, request(each), **to("a")) for each in ("1", "2", "2", "3")
    ]
    got = [
        hops.hand_out(caller, reply(each), channel="a", correlation="a")
        for each in ("2", "3", "2")
    ]
    handed = hops.hand_in(handler, reply("1"), channel="a", correlation="a")

    assert [each.ledger for each in got] == [
        asked[1].ledger,
        asked[3].ledger,
        asked[2].ledger,
    ]
    assert handed.ledger is asked[0].ledger


def test_of_calls_with_one_inbox_a_reply_is_to_that_at_its_broker() -> None:
    hops = Hops()
    far, near, handler = hops.connect(OTHER), hops.connect(), hops.connect()
    hops.hand_in(far, request("1"), **to("a"))
    second = hops.hand_in(near, request("1"), **to("a"))
    handed = hops.hand_in(handler, reply("1"), channel="a", correlation="a")

    assert handed.ledger is second.ledger


def test_a_reply_to_a_call_that_was_told_is_stray_and_its_packet_late() -> None:
    hops = Hops()
    caller, handler = hops.connect(), hops.connect()
    hops.call(caller, handler, inbox="a")
    again = hops.hand_out(caller, reply("a"), channel="a", correlation="a")
    (call,) = hops.exchanges
    stray, late = hops.told[-2:]

    assert isinstance(stray, Stray)
    assert (stray.ledger, stray.record) == (call.ledger, again.records[0])
    assert isinstance(late, Late)
    assert (late.ledger, late.packets) == (call.ledger, again.records)
    assert call.ledger.data_packets == call.packets + 1
    assert again.ledger is call.ledger


def test_replies_without_their_request_are_an_orphan() -> None:
    broker = Broker()
    caller, handler = broker.peer(), broker.worker("sum", captured=False)
    asked = caller.ask("sum", 1)
    body = handler.answer(asked, 2)
    caller.get(asked, body)
    del broker.wire.records[7:8]
    result = inspected(broker.wire.records)
    (orphan,) = result.exchanges

    assert (orphan.kind, orphan.id, orphan.values) == (Kind.ORPHAN, asked.identity, 1)
    assert orphan.packets == 1
    assert orphan.route is None
    assert reasons_of(orphan)[0] == "orphan"


def test_replies_that_are_never_handed_on_are_kept_up_to_a_limit() -> None:
    hops = Hops()
    caller, handler = hops.connect(), hops.connect()
    hops.hand_in(caller, request("a"), **to("a"))
    for number in range(MAX_PENDING + 5):
        packet = reply("a", number, last=False)
        hops.hand_in(handler, packet, channel="a", correlation="a")
    (joined,) = hops.book.memory.open.values()

    assert len(joined.pending) == MAX_PENDING
    hops.hand_out(caller, reply("a", 7, last=False), channel="a", correlation="a")
    assert len(joined.pending) == MAX_PENDING - 1
    (call,) = hops.end()
    assert call.passage is not None
    assert (call.passage.hops[-1].reply, call.values) == (8, 1)


def test_a_reply_that_was_told_counts_once_when_its_caller_shows() -> None:
    hops = Hops()
    caller, handler = hops.connect(BROKER), hops.connect()
    hops.hand_out(handler, request("a"), **to("a"))
    hops.hand_in(handler, reply("a"), channel="a", correlation="a")
    hops.hand_out(caller, reply("a"), channel="a", correlation="a")
    (call,) = hops.end()

    assert (call.values, call.outcome, call.packets) == (1, Outcome.COMPLETED, 3)
    assert hops.book.tally.replies == 1
    assert isinstance(call, Exchange)


def test_errors_and_values_end_it_as_they_say() -> None:
    broker = Broker()
    caller, handler = broker.peer(), broker.worker("sum")
    asked = [caller.ask("sum", number) for number in range(2)]
    for each in asked:
        handler.take(each)
    caller.get(asked[0], handler.fail(asked[0], "no")).leave(asked[0])
    body = handler.fail(
        asked[1], "There is no matching message handler defined in the remote service."
    )
    caller.get(asked[1], body).leave(asked[1])
    called(caller, handler)
    calls = inspected(broker.wire.records).exchanges

    assert [each.outcome for each in calls] == [
        Outcome.ERROR,
        Outcome.NO_HANDLER,
        Outcome.COMPLETED,
    ]
