from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import Remark
from inspector.carriers.kafka.requests import Part
from inspector.carriers.kafka.watching import Watching

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inspector.carriers.base import Unit


def _said(units: Iterable[Unit]) -> list[tuple[str, str, int, str, int]]:
    return [
        (each.code, each.subject, each.size, each.detail, each.duration_ns)
        for each in units
        if isinstance(each, Remark)
    ]


def test_polls_that_bring_nothing_are_counted_and_said_once() -> None:
    watching = Watching()
    for time_ns in (100, 200, 400):
        watching.poll(time_ns)
        watching.nothing()

    assert _said(watching.finish(0, 9)) == [("idle-poll", "", 3, "3", 150)]
    assert watching.finish(0, 9) == []


def test_of_a_partition_it_is_said_how_far_a_consumer_was_behind_at_most() -> None:
    watching = Watching()
    for after in (10, 25, 12):
        watching.had(Part("log", 2, after=after), 5)

    assert _said(watching.finish(0, 9)) == [("consumer-lag", "log-2", 20, "", 0)]


def test_a_rebalance_lasts_until_there_are_partitions_again() -> None:
    watching = Watching()
    assert watching.assigned(1, 9, "workers", 50) == []
    watching.interrupt(100)
    watching.interrupt(200)

    said = watching.assigned(1, 9, "workers", 400)
    assert _said(said) == [("rebalance", "workers", 0, "", 300)]
    assert watching.assigned(1, 9, "workers", 500) == []
