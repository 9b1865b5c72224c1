"""What waits in a queue is taken in order, may come back, and may be in doubt."""

from __future__ import annotations

from inspector.calls.joining.crossings import (
    PROMPT_NS,
    Delivery,
    Like,
)
from tests.inspector.calls.joining.hops import Hops
from tests.inspector.calls.joining.test_crossings import (
    gapped,
    joined_event,
    like_events,
)


def _queued(time_ns: int, **said: object) -> Delivery:
    known = {"opened_ns": 1, "gaps": 0} | said
    return Delivery("q", time_ns, queued=True, **known)  # type: ignore[arg-type]


def test_what_waited_in_a_queue_is_taken_in_order_however_old_it_is() -> None:
    like, events = like_events(3)
    hour = 3_600 * 10**9

    assert [like.hand_out(_queued(hour)) for _ in range(4)] == [*events, None]
    assert not any(gapped(events))


def test_where_deliveries_may_be_missing_it_is_what_came_lately_and_in_doubt() -> None:
    for said in ({"opened_ns": 0}, {"gaps": 1}):
        like, events = like_events(4, every_ns=PROMPT_NS)
        assert like.hand_out(_queued(3 * PROMPT_NS, **said)) is events[2]
        assert gapped(events) == [True] * 4
        assert like.hand_out(_queued(3 * PROMPT_NS, **said)) is events[3]

    like, events = like_events(1)
    assert like.hand_out(_queued(9, gaps=1)) is events[0]
    assert gapped(events) == [False]


def test_a_delivery_without_its_event_puts_those_before_it_in_doubt() -> None:
    hops, like = Hops(), Like()
    first, second = joined_event(hops), joined_event(hops)
    like.hand_in(1, first)
    like.hand_out(_queued(2, opened_ns=0))
    like.begin(_queued(3, opened_ns=0), second)

    assert gapped([first, second]) == [True, False]
    assert like.several


def test_who_has_several_gives_them_back_in_the_order_of_the_queue() -> None:
    like, events = like_events(3)
    for _ in events:
        like.hand_out(_queued(9, owed=True))
    for place in (2, 0):
        like.settle("q", place, requeued=True)
    like.settle("elsewhere", 1, requeued=True)

    again = [like.hand_out(_queued(9, again=True, owed=True)) for _ in range(4)]
    assert again == [events[0], events[2], events[1], events[1]]
