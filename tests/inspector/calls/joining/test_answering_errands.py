"""Errands for the sake of calls: who listens, who has left, and who comes back."""

from __future__ import annotations

from inspector.calls.exchanges import Outcome
from inspector.calls.joining.memory import RECONNECT_NS
from inspector.calls.reasons import reasons_of
from inspector.carriers.base import Errand
from tests.inspector.calls.joining.hops import (
    SECOND,
    Hops,
    adds_up,
    event,
    reply,
    request,
    to,
)
from tests.inspector.conversation import (
    SERVER,
    STEP,
    inspected,
)
from tests.inspector.over_nats import Broker, Peer


def test_who_left_before_the_reply_has_none() -> None:
    broker = Broker()
    caller, handler = broker.peer(), broker.worker("sum")
    asked = caller.ask("sum", 1)
    handler.take(asked)
    caller.leave(asked)
    handler.answer(asked, 2)
    result = inspected(broker.wire.linger().records)
    (call,) = result.exchanges

    assert (call.outcome, call.cause, call.values) == (Outcome.UNANSWERED, "left", 0)
    assert (call.packets, call.gapped) == (4, False)
    assert call.passage is not None
    assert call.passage.left_ns == call.time_ns + 2 * STEP
    assert adds_up(result)


def test_who_awaits_one_message_more_has_not_left() -> None:
    broker = Broker()
    caller, handler = broker.peer(), broker.worker("sum")
    asked = caller.ask("sum", 1)
    assert asked.inbox is not None
    caller.say(b"UNSUB %d 1\r\n" % caller.numbers[asked.inbox])
    handler.take(asked)
    broker.wire.wait(5 * SECOND)  # a slow handler
    caller.get(asked, handler.answer(asked, 2))
    result = inspected(broker.wire.linger().records)
    (call,) = result.exchanges

    assert (call.outcome, call.cause, call.packets) == (Outcome.COMPLETED, None, 5)
    assert not [code for code in result.codes if code == "unanswered"]
    assert adds_up(result)


def test_who_left_a_stream_has_some_of_it() -> None:
    hops = Hops()
    caller, handler = hops.connect(), hops.connect()
    hops.tend(caller, "SUB", "a", opens=True)
    hops.hand_in(caller, request("a"), **to("a"))
    hops.hand_out(handler, request("a"), **to("a"))
    hops.hand_in(handler, reply("a", last=False), channel="a", correlation="a")
    hops.hand_out(caller, reply("a", last=False), channel="a", correlation="a")
    hops.tend(caller, "UNSUB", "a")
    hops.elapse()
    (call,) = hops.exchanges

    assert (call.outcome, call.cause) == (Outcome.INCOMPLETE, "left")


def test_who_leaves_after_the_last_reply_did_not_leave_before_it() -> None:
    hops = Hops()
    hops.call(hops.connect(), hops.connect(), inbox="a")
    (call,) = hops.exchanges  # told with its UNSUB
    assert call.passage is not None

    assert call.passage.left_ns is None


def _refused(peer: Peer) -> Peer:
    asked = peer.ask("sum", 1)
    return peer.refused(asked).leave(asked)


def test_what_nobody_has_subscribed_to_has_no_handler() -> None:
    broker = Broker()
    _refused(broker.peer())
    result = inspected(broker.wire.records)
    (call,) = result.exchanges
    assert call.passage is not None

    assert (call.outcome, call.packets, call.values) == (Outcome.NO_HANDLER, 3, 0)
    assert [each.verb for each in call.passage.errands] == ["SUB", "503", "UNSUB"]
    assert (call.passage.unwanted, call.passage.one_sided) == (True, False)
    assert reasons_of(call) == ["nobody subscribed"]
    assert adds_up(result)


def test_an_event_that_nobody_wants_is_undelivered_where_the_broker_says_so() -> None:
    hops = Hops()
    sender = hops.connect()
    hops.hand_in(sender, event())
    (joined,) = hops.book.memory.open.values()
    hops.book.memory.correlate(joined, "tag", None)
    hops.tend(sender, "return", "tag", unwanted=True)
    (exchange,) = hops.end()

    assert exchange.outcome is Outcome.UNDELIVERED


def test_who_is_told_that_nobody_listens_has_asked() -> None:
    hops = Hops()
    handler, caller = hops.connect(), hops.connect()
    hops.hand_out(handler, request("a"), **to("a"))
    hops.tend(caller, "503", "a", unwanted=True)
    (joined,) = hops.book.memory.open.values()

    assert joined.caller is caller


def test_a_caller_that_lost_its_connection_has_the_reply_on_another() -> None:
    broker = Broker()
    caller, handler = broker.peer("10.1.1.1:1"), broker.worker("sum")
    asked = caller.ask("sum", 1)
    handler.take(asked)
    caller.line.reset(SERVER)
    broker.wire.wait(2 * SECOND)
    caller = broker.peer("10.1.1.1:2")
    assert asked.inbox is not None
    caller.say(caller.sub(asked.inbox))
    caller.get(asked, handler.answer(asked, 2)).leave(asked)
    result = inspected(broker.wire.records)
    (call,) = result.exchanges
    assert call.passage is not None

    assert (call.outcome, call.client_text) == (Outcome.COMPLETED, "10.1.1.1:1")
    assert (call.packets, call.passage.overheard) == (6, 0)
    assert [each.verb for each in call.passage.errands] == ["SUB", "SUB", "UNSUB"]
    assert adds_up(result)


def test_who_does_not_come_back_has_no_reply() -> None:
    hops = Hops()
    caller, handler = hops.connect(), hops.connect()
    hops.hand_in(caller, request("a"), **to("a"))
    hops.hand_out(handler, request("a"), **to("a"))
    hops.close(caller, "reset")
    closed_ns = hops.now_ns
    hops.elapse(RECONNECT_NS - 1)
    assert not hops.exchanges
    hops.elapse(2 * SECOND)
    (call,) = hops.exchanges

    assert (call.outcome, call.cause) == (Outcome.UNANSWERED, "reset")
    assert call.ended_ns == closed_ns


def test_who_subscribes_to_the_inbox_of_another_does_not_take_its_call() -> None:
    hops = Hops()
    caller, other = hops.connect(), hops.connect()
    hops.hand_in(caller, request("a"), **to("a"))
    upkeep = hops.tend(other, "SUB", "a", opens=True)
    hops.hand_out(other, reply("a"), channel="a", correlation="a")
    (call,) = hops.end()
    assert call.passage is not None

    assert upkeep.ledger is None
    assert (call.values, call.passage.overheard) == (0, 1)


def test_an_errand_after_its_call_was_told_is_late() -> None:
    hops = Hops()
    caller, handler = hops.connect(), hops.connect()
    hops.call(caller, handler, inbox="a")
    upkeep = hops.tend(caller, "UNSUB", "a")
    (call,) = hops.exchanges

    assert upkeep.ledger is call.ledger
    assert upkeep.late == upkeep.records
    assert call.ledger.data_packets == call.packets + 1


def test_an_errand_is_of_the_call_in_its_inbox_that_goes_on() -> None:
    hops = Hops()
    caller, handler = hops.connect(), hops.connect()
    hops.call(caller, handler, inbox="a")
    hops.call(caller, handler, inbox="a")

    assert [each.packets for each in hops.exchanges] == [6, 6]
    late = hops.tend(caller, "UNSUB", "a")  # of those that are over, the last
    assert late.ledger is hops.exchanges[1].ledger


def test_an_errand_for_several_calls_is_counted_once_and_is_of_the_first() -> None:
    hops = Hops()
    caller = hops.connect()
    asked = [hops.hand_in(caller, request(each), **to(each)) for each in "ab"]
    upkeep = hops.tend(caller, "confirm", "a", "b", "unknown")
    calls = hops.end()

    assert upkeep.ledger is asked[0].ledger
    assert [each.packets for each in calls] == [2, 2]
    assert [each.ledger.data_packets for each in calls] == [2, 1]


def test_an_errand_of_nothing_known_is_of_nothing() -> None:
    hops = Hops()
    upkeep = hops.tend(hops.connect(), "UNSUB", "a")

    assert (upkeep.ledger, list(upkeep.late)) == (None, [])
    assert isinstance(upkeep.unit, Errand)
