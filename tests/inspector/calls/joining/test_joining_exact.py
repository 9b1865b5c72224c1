"""Over Kafka: what has an offset is joined by that, with polls and commits besides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Outcome
from tests.inspector.carriers.kafka.written import record
from tests.inspector.conversation import inspected
from tests.inspector.over_kafka import Broker

if TYPE_CHECKING:
    from inspector.calls.exchanges import Exchange


def _told(broker: Broker) -> list[Exchange]:
    return inspected(broker.wire.records).exchanges


def _ways(exchange: Exchange) -> list[str]:
    assert exchange.passage is not None
    return [f"{hop.way} {hop.again}" for hop in exchange.passage.hops]


def test_a_call_takes_twelve_packets_on_four_connections() -> None:
    broker = Broker()
    caller, handler = broker.peer("sum.reply"), broker.peer("sum")
    broker.call(caller, handler)
    (call,) = _told(broker)
    assert call.passage is not None

    assert (call.outcome, call.packets) == (Outcome.COMPLETED, 12)
    assert [each.verb for each in call.passage.errands] == [
        *("Produce response", "Fetch", "OffsetCommit", "OffsetCommit response"),
    ] * 2
    parties = {
        str(each.direction.connection.principal.client_endpoint)
        for each in call.passage.errands
    }
    assert len(parties) == 2  # each peer is one, by whichever of its connections


def test_like_events_are_joined_by_their_offsets_in_whichever_order() -> None:
    broker = Broker()
    caller, early, late = broker.peer(), broker.peer("log"), broker.peer("log")
    said = record("like")
    offsets = [broker.produce(caller, "log", said) for _ in range(3)]
    broker.hand(late, "log", said, at=offsets[2])
    broker.hand(early, "log", said, at=offsets[0])
    broker.hand(early, "log", said, at=offsets[1])
    handlers = [each.passage.handlers for each in _told(broker) if each.passage]

    assert handlers[0] == handlers[1]
    assert handlers[2] != handlers[0]
    assert all(len(each) == 1 for each in handlers)


def test_what_has_no_receipt_is_joined_by_what_is_alike_in_order() -> None:
    broker = Broker()
    caller, handler = broker.peer(), broker.peer("log")
    said = record("like")
    for at in range(3):
        broker.produce(caller, "log", said, acks=0 if at else -1)
    for at in range(3):
        broker.hand(handler, "log", said, at=at)

    assert [_ways(each) for each in _told(broker)] == [["in False", "out False"]] * 3


def test_a_record_that_is_handed_on_again_is_the_same_event() -> None:
    broker = Broker()
    caller, handler, other = broker.peer(), broker.peer("log"), broker.peer("log")
    said = record("once")
    at = broker.produce(caller, "log", said)
    for peer in (handler, handler, other):
        broker.hand(peer, "log", said, at=at)
    (event,) = _told(broker)

    assert _ways(event) == ["in False", "out False", "out True", "out False"]


def test_of_a_batch_each_event_has_the_poll_that_brought_it() -> None:
    broker = Broker()
    caller, handler = broker.peer(), broker.peer("log")
    some = [record(word, delta=delta) for delta, word in enumerate("abc")]
    broker.pass_on(caller, handler, "log", record("before"))
    at = broker.produce(caller, "log", *some)
    broker.poll(handler, "log", at)
    broker.hand(handler, "log", *some, at=at)
    broker.commit(handler, "log", at + 3)
    _, *events = _told(broker)
    verbs = [
        [each.verb for each in event.passage.errands]
        for event in events
        if event.passage
    ]

    assert [event.packets for event in events] == [6, 6, 6]
    served = ["Produce response", "Fetch", "OffsetCommit", "OffsetCommit response"]
    assert verbs == [served] * 3


def test_two_groups_have_and_commit_an_event() -> None:
    broker = Broker()
    caller, left, right = broker.peer(), broker.peer("log"), broker.peer("log")
    said = record("both")
    at = broker.produce(caller, "log", said)
    for peer in (left, right):
        broker.hand(peer, "log", said, at=at)
    for peer in (left, right):
        broker.commit(peer, "log", at + 1)
    (event,) = _told(broker)

    assert event.packets == 10
    assert event.passage is not None
    assert len(event.passage.handlers) == 2
