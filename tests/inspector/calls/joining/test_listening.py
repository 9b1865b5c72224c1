"""Reply channels that many calls share: who opens them, and who leaves."""

from __future__ import annotations

from inspector.calls.exchanges import Exchange, Outcome
from inspector.calls.joining.listening import Listeners
from inspector.calls.passages import Leg, Way
from protocol import Response
from tests.inspector.calls.joining.hops import SECOND, Hops
from tests.inspector.calls.joining.shared import REPLIES, Peer, pass_on


def _verbs(call: Exchange) -> list[str]:
    return [] if call.errands is None else call.errands.verbs


def _world(*, dual: bool = True) -> tuple[Hops, Peer, Peer]:
    hops = Hops()
    return hops, Peer(hops, dual=dual), Peer(hops, dual=dual)


def test_a_call_takes_ten_packets_over_four_connections() -> None:
    hops, caller, handler = _world()
    caller.listen()
    pass_on(caller, handler, "a")
    caller.leave()

    (call,) = hops.exchanges  # told with the last of them

    assert (call.outcome, call.packets) == (Outcome.COMPLETED, 10)
    assert _verbs(call) == [
        "SUBSCRIBE", "subscribed", ":1", ":1", "UNSUBSCRIBE", "unsubscribed",
    ]  # fmt: skip
    assert call.passage is not None
    assert call.passage.plain
    assert call.connection is caller.publishes
    assert caller.listens.principal is caller.publishes
    assert call.passage.handlers == [handler.listens.client_endpoint]
    assert {hop.peer for hop in call.passage.of(Leg.REPLY, Way.IN)} == {
        handler.listens.client_endpoint
    }
    assert call.passage.handler_ns is not None


def test_so_it_does_over_two_where_a_peer_has_one() -> None:
    hops, caller, handler = _world(dual=False)
    caller.listen()
    pass_on(caller, handler, "a")
    caller.leave()
    (call,) = hops.exchanges

    assert (call.outcome, call.packets) == (Outcome.COMPLETED, 10)
    assert caller.listens.twin is None


def test_of_calls_at_a_time_the_first_has_the_beginning_and_the_last_the_end() -> None:
    hops, caller, handler = _world()
    caller.listen()
    for identity in "abc":
        caller.ask(identity)
    for identity in "abc":
        caller.counted(identity)
        handler.take(identity)
    for identity in "cab":
        handler.answer(identity)
        handler.counted(f"reply {identity}")
        caller.get(identity)
    caller.leave()
    first, last, other = hops.exchanges

    assert [each.packets for each in (first, last, other)] == [8, 8, 6]
    assert _verbs(first)[:2] == ["SUBSCRIBE", "subscribed"]
    assert _verbs(last)[2:] == ["UNSUBSCRIBE", "unsubscribed"]
    assert _verbs(other) == [":1", ":1"]


def test_who_subscribes_again_before_the_end_is_confirmed_keeps_them_apart() -> None:
    hops, caller, handler = _world()
    caller.listen()
    pass_on(caller, handler, "a")
    hops.tend(caller.listens, "UNSUBSCRIBE", channels=(REPLIES,))
    hops.tend(caller.listens, "SUBSCRIBE", channels=(REPLIES,), opens=True)
    caller.confirmed(opens=False)
    caller.confirmed(opens=True)
    pass_on(caller, handler, "b")
    caller.leave()

    assert [each.packets for each in hops.exchanges] == [10, 10]


def test_who_listens_on_has_calls_of_six_packets() -> None:
    hops, caller, handler = _world()
    caller.listen()
    for identity in "abc":
        pass_on(caller, handler, identity)
    hops.elapse()
    hops.elapse()

    assert [each.packets for each in hops.exchanges] == [8, 6, 6]


def test_who_waits_when_the_caller_leaves_has_no_reply() -> None:
    hops, caller, handler = _world()
    caller.listen()
    caller.ask("a")
    handler.take("a")
    hops.now_ns += SECOND
    caller.leave()
    left_ns = hops.now_ns
    hops.elapse()
    hops.elapse()
    (call,) = hops.exchanges
    assert call.passage is not None

    assert (call.outcome, call.cause, call.packets) == (Outcome.UNANSWERED, "left", 6)
    assert left_ns - 2_000_000 < (call.passage.left_ns or 0) <= left_ns


def test_who_leaves_with_an_undefined_value_took_it_for_the_last() -> None:
    hops, caller, handler = _world()
    caller.listen()
    caller.ask("a")
    handler.take("a")
    hops.hand_in(handler.publishes, Response("a"), channel=REPLIES)
    hops.hand_out(caller.listens, Response("a"), channel=REPLIES)
    caller.leave()
    (call,) = hops.end()

    assert (call.outcome, call.cause, call.packets) == (Outcome.COMPLETED, None, 8)


def test_the_subscription_of_another_client_is_not_charged_to_a_call() -> None:
    hops, caller, handler = _world()
    other = Peer(hops)
    caller.listen()
    other.listen()
    for peer, identity in ((other, "b"), (caller, "a")):
        peer.ask(identity)
        handler.take(identity)
        handler.answer(identity)
        handler.counted(f"reply {identity}", 2)
        caller.get(identity)
        other.get(identity)
    caller.leave()
    other.leave()
    calls = hops.end()

    assert [each.outcome for each in calls] == [Outcome.COMPLETED] * 2
    assert [len(_verbs(each)) for each in calls] == [5, 5]
    assert caller.listens.principal is caller.publishes
    assert other.listens.principal is other.publishes
    for each, peer in zip(calls, (caller, other), strict=True):
        assert each.passage is not None
        overheard = [hop.peer for hop in each.passage.hops if hop.overheard]
        assert overheard == [peer.publishes.client_endpoint]


def test_a_connection_in_the_middle_listens_where_a_reply_is_handed_on_to() -> None:
    hops, caller, handler = _world()
    pass_on(caller, handler, "a")
    hops.elapse()
    (call,) = hops.exchanges

    assert (call.outcome, call.packets, call.gapped) == (Outcome.COMPLETED, 6, False)
    assert caller.listens.principal is caller.publishes


def test_a_handler_with_a_wildcard_overhears_replies() -> None:
    hops, caller, handler = _world()
    caller.listen()
    caller.ask("a")
    handler.take("a", wildcard="*")
    handler.answer("a")
    handler.get("a", wildcard="*")
    caller.get("a")
    (call,) = hops.end()
    assert call.passage is not None

    assert (call.outcome, call.passage.overheard) == (Outcome.COMPLETED, 1)
    assert [hop.overheard for hop in call.passage.hops[2:]] == [False, True, False]


def test_a_reply_to_another_channel_does_not_answer() -> None:
    hops, caller, handler = _world()
    caller.listen("w.one.reply")
    caller.ask("a", "w.one")
    handler.take("a", "w.one", wildcard="w.*")
    handler.answer("a", "w.*.reply")
    handler.counted("reply a", 0)
    (call,) = hops.end()
    assert call.passage is not None

    assert (call.outcome, call.values, call.gapped) == (Outcome.UNANSWERED, 0, False)
    assert (call.passage.elsewhere, call.passage.unheard) == (1, 1)
    assert (call.packets, call.passage.plain) == (6, False)


def test_a_reply_where_nothing_is_captured_of_who_listens_is_in_doubt() -> None:
    hops, caller, handler = _world()
    caller.ask("a")
    handler.take("a")
    handler.answer("a")
    (call,) = hops.end()

    assert (call.outcome, call.gapped) == (Outcome.COMPLETED, True)


def test_who_was_not_confirmed_to_listen_was_hasty() -> None:
    hops, caller, handler = _world()
    hops.tend(caller.listens, "SUBSCRIBE", channels=(REPLIES,), opens=True)
    caller.ask("a")
    caller.confirmed(opens=True)
    handler.take("a")
    handler.answer("a")
    caller.get("a")
    caller.leave()
    (call,) = hops.end()
    assert call.passage is not None

    assert (call.passage.hasty, call.packets) == (True, 8)


def test_numbers_are_ids_of_several_channels() -> None:
    hops, caller, handler = _world()
    other = Peer(hops)
    caller.ask("1", "sum")
    other.ask("1", "max")
    handler.take("1", "max")
    handler.take("1", "sum")
    calls = hops.end()

    assert [each.passage.channel for each in calls if each.passage] == ["sum", "max"]
    assert [len(each.passage.hops) for each in calls if each.passage] == [2, 2]


def test_of_many_channels_the_oldest_is_forgotten() -> None:
    connection, listeners = Hops().connect(), Listeners(most=2)
    for channel in "abc":
        listeners.learn(connection, ("broker", channel))

    assert listeners.get(connection, ("broker", "a")) is None
    assert listeners.get(connection, ("broker", "c")) is not None
    listeners.forget(connection)
    assert listeners.at(("broker", "c")) == {}


def test_who_lost_its_connection_has_the_reply_on_another() -> None:
    hops, caller, handler = _world(dual=False)
    caller.listen()
    caller.ask("a")
    handler.take("a")
    hops.close(caller.publishes)
    older, again = Peer(hops, dual=False), Peer(hops, dual=False)
    again.publishes.opened_ns = hops.now_ns
    for peer in (older, again):
        peer.listen()
    handler.answer("a")
    for peer in (older, again):
        peer.get("a")
    again.leave()
    (call,) = hops.end()
    assert call.passage is not None

    assert (call.outcome, call.connection) == (Outcome.COMPLETED, caller.publishes)
    overheard = [hop.peer for hop in call.passage.hops if hop.overheard]
    assert overheard == [older.publishes.client_endpoint]
    assert _verbs(call).count("SUBSCRIBE") == 2
