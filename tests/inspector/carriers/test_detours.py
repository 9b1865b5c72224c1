from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.calls.passages import Leg, Way
from inspector.carriers.detours import Room
from tests.inspector.conversation import MILLISECOND, inspected
from tests.inspector.over_rabbitmq import Broker

if TYPE_CHECKING:
    from inspector.calls.exchanges import Exchange


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


def _dead_letters(count: int, *, alike: bool) -> list[Exchange]:
    """Return events that are rejected, the last first, and become dead letters."""
    broker = Broker()
    caller, worker = broker.peer(), broker.worker(no_ack=False)
    undertaker = broker.worker(queue="dead_q")
    sent = [caller.emit("log", 1 if alike else number) for number in range(count)]
    numbers = [worker.take(each) for each in sent]
    for number in reversed(numbers):
        worker.give_back(number, requeue=False)
    for each in reversed(sent):
        undertaker.bury(each)
    broker.wire.linger()
    return inspected(broker.wire.records).exchanges


@pytest.mark.parametrize("alike", [False, True])
def test_a_dead_letter_is_the_event_that_its_queue_did_not_keep(*, alike: bool) -> None:
    found = _dead_letters(3, alike=alike)
    passages = [each.passage for each in found if each.passage is not None]
    buried = [[hop.time_ns for hop in each.hops if hop.dead] for each in passages]

    assert [each.outcome for each in found] == ["rejected"] * 3
    assert [each.packets for each in found] == [5] * 3
    assert sorted(buried, reverse=True) == buried
    assert not any(each.gapped for each in found)


def test_one_that_was_rejected_before_the_capture_is_told_by_itself() -> None:
    broker = Broker()
    caller, undertaker = broker.peer(), broker.worker(queue="dead_q")
    undertaker.bury(caller.emit("log", 1))
    broker.wire.linger()
    sent, dead = inspected(broker.wire.records).exchanges

    assert (sent.packets, dead.packets) == (2, 1)
