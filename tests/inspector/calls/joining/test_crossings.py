"""Of like events each destination gets each once, in the order of their coming."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, cast

import pytest

from inspector.calls.joining.crossings import PROMPT_NS, Crossings, Delivery, Like
from tests.inspector.calls.joining.hops import MILLISECOND, Hops, event
from tests.inspector.conversation import CLIENT, SERVER, Wire, inspected
from tests.inspector.over_nats import Broker, Peer, emitted

if TYPE_CHECKING:
    from inspector.calls.exchanges import Exchange
    from inspector.calls.joining.joined import Joined
    from inspector.streams.connections import Connection

EARLIEST = -1
"""Before the first of the events, in nanoseconds."""


def joined_event(hops: Hops, peer: Connection | None = None) -> Joined:
    hops.hand_in(peer or hops.connect(), event())
    *_, last = hops.book.memory.open.values()
    return last


def like_events(count: int, every_ns: int = 1) -> tuple[Like, list[Joined]]:
    """Return like events that the broker was handed at regular intervals."""
    hops, like = Hops(), Like()
    events = [joined_event(hops) for _ in range(count)]
    for place, each in enumerate(events):
        like.hand_in(place * every_ns, each)
    return like, events


def _delivery(
    destination: str, time_ns: int = 0, opened_ns: int = 0, gaps: int = 0
) -> Delivery:
    return Delivery(destination, time_ns, opened_ns, gaps)


def test_each_destination_gets_each_of_like_events_once_and_in_order() -> None:
    like, events = like_events(3)
    got = [like.hand_out(_delivery("a", opened_ns=EARLIEST)) for _ in range(4)]

    assert got == [*events, None]
    assert like.hand_out(_delivery("b", opened_ns=EARLIEST)) is events[0]
    assert not any(gapped(events))


def test_who_came_after_an_event_does_not_get_it() -> None:
    like, events = like_events(5, every_ns=100)

    assert like.hand_out(_delivery("a", 450, opened_ns=201)) is events[3]
    assert like.hand_out(_delivery("a", 450, opened_ns=201)) is events[4]
    assert like.hand_out(_delivery("b", 450, opened_ns=200)) is events[2]
    assert like.hand_out(_delivery("c", 950, opened_ns=401)) is None


def test_who_was_there_before_the_capture_gets_what_came_lately() -> None:
    like, events = like_events(5, every_ns=PROMPT_NS)

    assert like.hand_out(_delivery("a", 5 * PROMPT_NS)) is events[4]
    assert like.hand_out(_delivery("b", 5 * PROMPT_NS - 1)) is events[4]
    assert like.hand_out(_delivery("c", 99 * PROMPT_NS)) is events[4]
    assert like.hand_out(_delivery("d", PROMPT_NS)) is events[0]


def gapped(events: list[Joined]) -> list[bool]:
    return [each.exchange is not None and each.exchange.gapped for each in events]


def test_that_of_several_any_may_be_meant_is_said() -> None:
    like, events = like_events(3, every_ns=PROMPT_NS // 2)
    first = like.hand_out(_delivery("a", PROMPT_NS + PROMPT_NS // 4))

    assert first is events[1]
    assert gapped(events) == [False, True, True]


def test_of_one_event_alone_there_is_no_doubt() -> None:
    like, events = like_events(1)

    assert like.hand_out(_delivery("a")) is events[0]
    assert gapped(events) == [False]


def test_what_was_told_is_told_without_the_doubt() -> None:
    hops, like = Hops(), Like()
    events = [joined_event(hops) for _ in range(2)]
    for each in events:
        like.hand_in(1, each)
    (first, second) = hops.end()
    like.hand_out(_delivery("a", 1))

    assert [first.gapped, second.gapped] == [False, False]


def test_who_is_known_from_the_start_leaves_no_doubt() -> None:
    like, events = like_events(3, every_ns=1000)
    like.hand_out(_delivery("a", 2500, opened_ns=1))

    assert gapped(events) == [False, False, False]


def test_after_bytes_that_are_missing_it_is_what_came_lately_and_in_doubt() -> None:
    like, events = like_events(4, every_ns=PROMPT_NS)
    first = like.hand_out(_delivery("a", 1, opened_ns=0))
    after = like.hand_out(_delivery("a", 4 * PROMPT_NS - 1, gaps=1))

    assert first is events[0]
    assert after is events[3]
    assert gapped(events) == [True, True, True, True]  # the first as one of several
    assert like.hand_out(_delivery("a", 4 * PROMPT_NS, gaps=1)) is None


def test_an_event_that_begins_with_its_delivery_is_had_by_that_destination() -> None:
    like, (event_,) = Like(), [joined_event(Hops())]
    like.begin(_delivery("a", 5), event_)

    assert list(like.early) == [event_]
    assert like.hand_out(_delivery("a", 6)) is None
    assert like.hand_out(_delivery("b", 6)) is event_


def test_what_is_forgotten_is_let_go_of_once_it_is_most() -> None:
    like, events = like_events(4)
    like.early.extend(events[:1])
    for _ in range(3):
        like.hand_out(_delivery("a"))
    like.hand_out(_delivery("idle"))
    for each in events[:2]:
        each.forgotten = True

    assert not like.forget()
    assert not like.early
    assert like.hand_out(_delivery("b", opened_ns=1)) is events[1]  # half is too few
    events[2].forgotten = True
    assert not like.forget()
    assert like.hand_out(_delivery("a")) is events[3]
    assert like.hand_out(_delivery("a")) is None
    assert like.hand_out(_delivery("idle")) is events[3]
    events[3].forgotten = True
    assert like.forget()


def test_likes_are_kept_while_they_hold_an_event() -> None:
    crossings = Crossings()
    like = crossings.like("key")
    event_ = joined_event(Hops())
    like.hand_in(1, event_)
    crossings.forget("key")
    crossings.forget("another")

    assert crossings.like("key") is like
    event_.forgotten = True
    crossings.forget("key")
    assert crossings.like("key") is not like


def test_destinations_that_are_gone_are_forgotten_with_what_they_had() -> None:
    like = Like()
    hops = Hops()
    for number in range(100):
        event_ = joined_event(hops)
        like.hand_in(number, event_)
        like.hand_out(_delivery(f"gone {number}", number, opened_ns=number))
        like.hand_out(_delivery("there", number, opened_ns=0))
        event_.forgotten = True
        like.forget()

    # The one that is there is still known, and the last that has had what is left.
    assert set(like._following) == {"there", "gone 99"}  # noqa: SLF001


def _members(exchange: Exchange) -> tuple[int, list[str]]:
    assert exchange.passage is not None
    return exchange.passage.reached, [str(each) for each in exchange.passage.handlers]


def test_five_equal_events_reach_three_subscribers_each() -> None:
    broker = Broker()
    sender = broker.peer()
    workers = [broker.worker("log") for _ in range(3)]
    sent = [sender.emit("log", 1) for _ in range(5)]
    for worker in reversed(workers):
        for each in sent:
            worker.take(each)
    result = inspected(broker.wire.records)

    assert [each.passage and each.passage.reached for each in result.exchanges] == (
        [3] * 5
    )
    assert [each.packets for each in result.exchanges] == [4] * 5
    assert not any(each.gapped for each in result.exchanges)


def test_equal_events_reach_one_of_each_group_whichever_connection_it_has() -> None:
    broker = Broker()
    sender = broker.peer()
    first, second = (
        broker.worker("log", group="g", endpoint=f"10.1.1.{n}:1") for n in (1, 2)
    )
    alone = broker.worker("log", endpoint="10.1.1.3:1")
    sent = [sender.emit("log", 1) for _ in range(3)]
    second.take(sent[0])
    second.take(sent[1])
    first.take(sent[2])
    for each in sent:
        alone.take(each)
    result = inspected(broker.wire.records)

    assert [_members(each) for each in result.exchanges] == [
        (2, ["10.1.1.2:1", "10.1.1.3:1"]),
        (2, ["10.1.1.2:1", "10.1.1.3:1"]),
        (2, ["10.1.1.1:1", "10.1.1.3:1"]),
    ]


def test_events_of_two_brokers_are_not_mixed_however_equal_they_are() -> None:
    wire = Wire()
    near, far = Broker(wire, "10.0.0.8:4222"), Broker(wire, "10.0.0.9:4222")
    pairs: list[tuple[Peer, Peer]] = []
    for number, broker in enumerate((near, far)):
        pairs.append(
            (
                broker.peer(f"10.1.{number}.1:1"),
                broker.worker("log", endpoint=f"10.1.{number}.2:1"),
            )
        )
    sent = [sender.emit("log", 1) for sender, _ in pairs]
    for (_, worker), each in reversed(list(zip(pairs, sent, strict=True))):
        worker.take(each)
    result = inspected(wire.records)

    assert [each.client_text for each in result.exchanges] == [
        "10.1.0.1:1",
        "10.1.1.1:1",
    ]
    assert [_members(each) for each in result.exchanges] == [
        (1, ["10.1.0.2:1"]),
        (1, ["10.1.1.2:1"]),
    ]


def test_a_delivery_that_the_capture_has_before_its_event_belongs_to_it() -> None:
    hops = Hops()
    sender, handler = hops.connect(), hops.connect()
    late = hops.packet()
    out = hops.hand_out(handler, event())
    in_ = hops.hand_in(sender, event(), records=[late])
    (exchange,) = hops.end()

    assert out.ledger is in_.ledger is exchange.ledger
    assert exchange.connection is sender
    assert exchange.packets == 2
    assert exchange.asked_ns == late.time_ns


def test_an_event_after_a_delivery_without_one_is_another() -> None:
    hops = Hops()
    sender, handler = hops.connect(), hops.connect()
    hops.hand_out(handler, event())
    hops.hand_in(sender, event())
    hops.hand_out(handler, event())

    assert [each.packets for each in hops.end()] == [1, 2]


@pytest.mark.parametrize("captured", [True, False])
def test_a_lost_delivery_leaves_doubt_of_like_events(*, captured: bool) -> None:
    broker = Broker()
    sender = broker.peer()
    worker = broker.worker("log")
    first = sender.emit("log", 1)
    worker.line.send(SERVER, worker.message("log", first.body), captured=captured)
    worker.line.ack(CLIENT)
    second = sender.emit("log", 1)
    worker.take(second)
    result = inspected(broker.wire.records)
    reached = [each.passage and each.passage.reached for each in result.exchanges]

    assert sum(each or 0 for each in reached) == 1 + captured
    assert all(each.gapped for each in result.exchanges) is not captured
    assert MILLISECOND < PROMPT_NS


class _Counting:
    """An event that counts how often it is asked whether it is forgotten."""

    looks = 0

    def __init__(self) -> None:
        self.gone = False

    @property
    def forgotten(self) -> bool:
        _Counting.looks += 1
        return self.gone


def test_letting_go_of_like_events_costs_the_same_however_many_are_remembered() -> None:
    like, remembered, count = Like(), deque[_Counting](), 2_000
    _Counting.looks = 0
    for place in range(2 * count):
        remembered.append(_Counting())
        like.hand_in(place, cast("Joined", remembered[-1]))
        if len(remembered) > count:
            remembered.popleft().gone = True
            like.forget()

    assert _Counting.looks <= 3 * count


def test_who_subscribes_late_has_nothing_from_before() -> None:
    broker = Broker()
    sender, worker, late = broker.peer(), broker.worker("log"), broker.peer()
    emitted(sender, worker)
    late.subscribe("log")
    emitted(sender, worker, late)
    worker.say(b"UNSUB 1\r\n").subscribe("log")
    emitted(sender, worker)
    passages = [each.passage for each in inspected(broker.wire.records).exchanges]

    assert [len(each.hops) for each in passages if each is not None] == [2, 3, 2]


def test_a_subscription_that_was_captured_after_an_event_may_have_had_it() -> None:
    broker = Broker()
    sender, late = broker.peer(), broker.peer()
    passing = sender.emit("log")
    late.subscribe("log").take(passing)
    (event,) = inspected(broker.wire.records).exchanges

    assert event.passage is not None
    assert len(event.passage.hops) == 2
