"""What is delivered once there is room was held by what made that."""

from __future__ import annotations

from inspector.carriers.detours import Room
from inspector.carriers.rabbitmq.prefetching import Allowance


def test_room_is_made_by_what_is_acknowledged() -> None:
    one = Allowance(1)
    assert one.take(5) is None
    one.settle("a")
    assert one.take(8) == Room("a", 5)
    one.settle({"cmd": "b"})
    assert one.take(9) == Room({"cmd": "b"}, 5)


def test_there_is_room_until_there_are_as_many_as_may_be() -> None:
    two = Allowance(2)
    assert [two.take(1), two.take(2)] == [None, None]
    two.settle("a")
    two.settle("b")  # while there was room already
    assert [two.take(3), two.take(4)] == [Room("a", 2)] * 2
    two.settle("c")
    assert two.take(5) == Room("c", 2)


def test_without_a_limit_there_is_room() -> None:
    free = Allowance()
    for now_ns in range(3):
        assert free.take(now_ns) is None
        free.settle("a")


def test_nothing_is_said_where_acknowledgements_may_be_missing() -> None:
    one = Allowance(1)
    one.take(1)
    one.settle("a")
    one.doubt()
    assert one.take(2) is None
    one.settle("b")
    assert one.take(3) is None
