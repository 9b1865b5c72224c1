"""Events wait in a queue for as long as it takes, within limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.joining.lingering import (
    MAX_CHANNELS,
    MAX_UNSERVED,
    PATIENCE_NS,
    Lingering,
)
from inspector.carriers.base import Fate
from tests.inspector.calls.joining.hops import SECOND, Hops, event

if TYPE_CHECKING:
    from inspector.calls.exchanges import Exchange
    from inspector.calls.joining.joined import Joined
    from inspector.streams.connections import Connection

HOUR = 3_600 * SECOND


class _Queue(Hops):
    """Events to one queue, and who takes them."""

    def __init__(self) -> None:
        super().__init__()
        self.caller = self.connect(carrier="rabbitmq")

    def consumer(self) -> Connection:
        return self.connect(carrier="rabbitmq", opened_ns=self.now_ns)

    def put(self, value: object = 1) -> None:
        self.hand_in(self.caller, event(str(value)), channel="q")

    def take(self, peer: Connection, value: object = 1, *, again: bool = False) -> int:
        tag = len(self.packets)
        self.hand_out(
            peer,
            event(str(value)),
            channel="q",
            destination="q",
            again=again,
            tag=tag,
            owed=1,
        )
        return tag

    def hops_of(self, exchanges: list[Exchange]) -> list[int]:
        return [len(each.passage.hops) if each.passage else 0 for each in exchanges]


def test_a_backlog_is_not_told_twice() -> None:
    queue = _Queue()
    for _ in range(5):
        queue.put()
    queue.elapse_in_file(HOUR)
    consumer = queue.consumer()
    for _ in range(5):
        tag = queue.take(consumer)
        queue.elapse_in_file(SECOND * 60)
        queue.settle(consumer, "ack", tag, fate=Fate.ACCEPTED)

    told = queue.end()
    assert queue.hops_of(told) == [2] * 5
    assert [each.packets for each in told] == [3] * 5
    assert not any(each.gapped for each in told)


def test_what_is_given_back_is_delivered_again_as_the_same() -> None:
    queue = _Queue()
    for _ in range(5):
        queue.put()
    consumer = queue.consumer()
    tags = [queue.take(consumer) for _ in range(4)]
    for tag in (tags[2], tags[1]):
        queue.settle(consumer, "nack", tag, fate=Fate.REQUEUED)
    queue.take(consumer, again=True)
    queue.settle(consumer, "ack", tags[0], fate=Fate.ACCEPTED)
    queue.take(consumer, again=True)
    queue.take(consumer)

    told = queue.end()
    assert queue.hops_of(told) == [2, 3, 3, 2, 2]
    assert [each.passage and each.passage.again for each in told] == [0, 1, 1, 0, 0]


def test_what_a_lost_consumer_had_goes_to_the_next_one() -> None:
    queue = _Queue()
    for number in range(3):
        queue.put(number)
    gone = queue.consumer()
    tags = [queue.take(gone, number) for number in range(3)]
    queue.settle(gone, "ack", tags[0], fate=Fate.ACCEPTED)
    queue.close(gone)
    queue.elapse_in_file(HOUR)
    other = queue.consumer()
    queue.take(other, 1, again=True)
    queue.take(other, 2, again=True)

    told = queue.end()
    assert queue.hops_of(told) == [2, 3, 3]
    requeued = [each.passage and each.passage.requeued for each in told]
    assert requeued == [0, 1, 1]


def test_what_is_delivered_again_without_a_word_is_the_oldest() -> None:
    queue = _Queue()
    for _ in range(3):
        queue.put()
    consumer = queue.consumer()
    tags = [queue.take(consumer) for _ in range(3)]
    queue.settle(consumer, "ack", tags[0], fate=Fate.ACCEPTED)
    queue.take(consumer, again=True)

    assert queue.hops_of(queue.end()) == [2, 3, 2]


def _waiting(queue: _Queue, lingering: Lingering, count: int) -> list[list[Joined]]:
    given_up = []
    for _ in range(count):
        queue.put()
        *_, joined = queue.book.memory.open.values()
        given_up.append(list(lingering.wait("q", queue.now_ns, joined)))
    return given_up


def test_where_nobody_takes_anything_few_are_waited_for() -> None:
    queue, lingering = _Queue(), Lingering(2)
    *before, last = _waiting(queue, lingering, 3)

    first = next(iter(queue.book.memory.open.values()))
    assert (before, last) == ([[], []], [first])
    assert MAX_UNSERVED == 1_000


def test_what_is_served_is_waited_for_however_much_it_is() -> None:
    queue, lingering = _Queue(), Lingering(2)
    lingering.serve("q")
    assert _waiting(queue, lingering, 5) == [[]] * 5

    for number in range(MAX_CHANNELS):
        lingering.serve(number)
    assert [len(each) for each in _waiting(queue, lingering, 3)] == [0, 0, 1]


def test_a_live_capture_waits_for_a_while_where_nobody_takes_anything() -> None:
    queue = _Queue()
    queue.put()
    queue.elapse(PATIENCE_NS - SECOND)
    assert not queue.exchanges
    queue.elapse(SECOND)
    assert [each.number for each in queue.exchanges] == [1]

    served = _Queue()
    served.put()
    served.take(served.consumer())
    served.put()
    served.elapse(PATIENCE_NS)
    assert served.exchanges == []
