from __future__ import annotations

from inspector.calls.passages import Leg, Way
from inspector.carriers.room import Room
from tests.inspector.conversation import MILLISECOND, inspected
from tests.inspector.over_rabbitmq import Broker


def test_a_delivery_that_had_to_wait_for_room_says_for_what() -> None:
    broker = Broker()
    caller, worker = broker.peer(), broker.worker(no_ack=False, prefetch=1)
    events = [caller.emit({"cmd": name}, 1) for name in ("slow", "quick")]
    first = worker.take(events[0])
    broker.wire.wait(5 * MILLISECOND)
    worker.acknowledge(first).acknowledge(worker.take(events[1]))
    slow, quick = inspected(broker.wire.records).exchanges
    assert slow.passage is not None
    assert quick.passage is not None
    had = slow.passage.first(Leg.REQUEST, Way.OUT)
    waited = quick.passage.first(Leg.REQUEST, Way.OUT)
    assert had is not None
    assert waited is not None

    assert (had.after, slow.passage.held_ns) == (None, 0)
    assert Room(waited.after, waited.full_ns) == Room('{"cmd":"slow"}', had.time_ns)
    assert quick.passage.held_ns >= 5 * MILLISECOND
