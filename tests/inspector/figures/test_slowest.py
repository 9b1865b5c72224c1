from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from inspector.figures.slowest import MOST, Slowest
from tests.inspector.conversation import MILLISECOND, Wire, inspected

if TYPE_CHECKING:
    from random import Random

    from inspector.calls.exchanges import Exchange


def _exchanges(waits: list[int]) -> list[Exchange]:
    wire = Wire()
    call = wire.connect()
    for number, wait in enumerate(waits, start=1):
        call.ask("sum", str(number))
        wire.wait(wait * MILLISECOND)
        call.answer(str(number), 1)
    return inspected(wire.records).exchanges


@given(st.lists(st.integers(0, 9), max_size=12), st.randoms())
def test_the_longest_are_kept_whatever_the_order(
    waits: list[int], random: Random
) -> None:
    exchanges = _exchanges(waits)
    expected = sorted(
        exchanges, key=lambda each: (-(each.latency_ns or 0), each.number)
    )
    random.shuffle(exchanges)
    slowest = Slowest()
    for exchange in exchanges:
        slowest.add(exchange)

    assert [each.number for each in slowest] == [
        each.number for each in expected[:MOST]
    ]
    assert slowest.least_ns == (
        expected[MOST - 1].latency_ns if len(waits) >= MOST else -1
    )


def test_one_is_kept_with_its_packets_and_who_spoke() -> None:
    slowest = Slowest()
    slowest.add(_exchanges([5])[0])
    (kept,) = slowest

    assert (kept.route, kept.packets, kept.latency_ns) == ("sum", (4, 5), 5_100_000)
    assert (kept.client, kept.server, kept.carrier) == (
        "10.0.0.1",
        "10.0.0.2:8888",
        "tcp",
    )


def test_merged_they_are_those_of_both_with_numbers_that_follow() -> None:
    one, other = Slowest(), Slowest()
    one.add(_exchanges([5])[0])
    other.add(_exchanges([9])[0])
    one.merge(other, 100, 1000)

    assert [(each.number, each.packets) for each in one] == [
        (101, (1004, 1005)),
        (1, (4, 5)),
    ]
