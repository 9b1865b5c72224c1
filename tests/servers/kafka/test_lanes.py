"""The messages of one partition, in their order, and how far it is done."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from servers.kafka.lanes import Lane
from tests.servers.kafka.records import Record


def _lane(*offsets: int, ordered: bool = True, position: int = 0) -> Lane:
    lane = Lane(position, ordered=ordered)
    lane.take([Record(offset) for offset in offsets])
    return lane


def test_one_message_begins_after_another() -> None:
    lane = _lane(5, 6, position=5)
    assert (lane.ready, lane.size, lane.waiting, lane.quiet) == (True, 2, 2, True)

    assert lane.begin().offset == 5
    assert (lane.ready, lane.quiet) == (False, False)
    lane.pass_turn()
    assert lane.ready
    assert lane.begin().offset == 6
    lane.pass_turn()
    assert (lane.ready, lane.size, lane.quiet) == (False, 0, True)


def test_without_order_all_may_begin() -> None:
    lane = _lane(0, 1, ordered=False)
    lane.begin()

    assert lane.ready


def test_what_is_committed_ends_before_the_first_that_is_not_done() -> None:
    lane = _lane(0, 1, 4, ordered=False)
    assert (lane.done, lane.advanced) == (0, True)
    for _ in range(3):
        lane.begin()

    lane.finish(1)
    assert lane.done == 0
    lane.finish(0)
    assert lane.done == 4
    lane.finish(4)
    lane.committed = 5
    assert (lane.done, lane.advanced) == (5, False)


def test_what_waits_is_left_to_others_and_what_has_begun_is_known() -> None:
    lane = _lane(0, 1, 2)
    lane.begin()
    lane.drop_waiting()
    assert (lane.waiting, lane.size, lane.position) == (0, 0, 1)

    lane.take([Record(0), Record(1), Record(2)])  # after a rebalance
    assert lane.waiting == 2
    lane.take([Record(1)])
    assert lane.waiting == 2


@given(st.permutations(range(8)), st.integers(0, 8))
def test_whatever_the_order_of_the_ends_all_before_is_done(
    order: list[int], count: int
) -> None:
    lane = _lane(*range(8), ordered=False)
    for _ in range(8):
        lane.begin()
    for offset in order[:count]:
        lane.finish(offset)

    assert lane.done == min(order[count:], default=8)
