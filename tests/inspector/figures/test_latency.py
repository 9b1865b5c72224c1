from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.figures.latency import Latencies

if TYPE_CHECKING:
    from random import Random

durations = st.integers(0, 10**12)


def _of(*each: int) -> Latencies:
    latencies = Latencies()
    for duration in each:
        latencies.add(duration)
    return latencies


def _nearest_rank(numbers: list[int], fraction: float) -> int:
    return sorted(numbers)[math.ceil(fraction * len(numbers)) - 1]


def test_of_nothing_there_is_no_quantile() -> None:
    assert _of().quantile(0.5) is None


@given(st.lists(durations, min_size=1, max_size=300), st.sampled_from([0.5, 0.9, 0.99]))
def test_up_to_a_thousand_the_quantiles_are_exact(
    numbers: list[int], fraction: float
) -> None:
    assert _of(*numbers).quantile(fraction) == _nearest_rank(numbers, fraction)
    assert _of(*numbers).maximum == max(numbers)


def test_p99_of_fewer_than_a_hundred_is_the_maximum() -> None:
    numbers = list(range(1, 100))

    assert _of(*numbers).quantile(0.99) == 99
    assert _of(*numbers, 100).quantile(0.99) == 99


@pytest.mark.parametrize("fraction", [0.01, 0.5, 0.9, 0.99, 0.999])
def test_above_a_thousand_they_are_within_half_a_percent(fraction: float) -> None:
    numbers = [(number * 7_919) % 1_000_003 + 1 for number in range(5_000)]

    assert _of(*numbers).quantile(fraction) == pytest.approx(
        _nearest_rank(numbers, fraction), rel=0.006
    )


def test_the_maximum_stays_exact() -> None:
    numbers = [1_000] * 3_000 + [123_456_789]

    assert _of(*numbers).quantile(1.0) == 123_456_789
    assert _of(*numbers).maximum == 123_456_789


def test_no_quantile_is_above_the_maximum() -> None:
    assert _of(*[1_000_000] * 2_000).quantile(0.5) == pytest.approx(
        1_000_000, rel=0.005
    )
    assert (_of(*[1_000_000] * 2_000).quantile(0.99) or 0) <= 1_000_000


def test_a_clock_that_was_set_back_does_no_harm() -> None:
    numbers = [-5, *[10] * 1_200]

    assert _of(*numbers).quantile(0.0001) == 0
    assert _of(*numbers).maximum == 10


@given(st.permutations(list(range(1, 40))))
def test_the_order_does_not_matter(numbers: list[int]) -> None:
    assert _of(*numbers * 40).quantile(0.5) == _of(*sorted(numbers) * 40).quantile(0.5)


@given(st.lists(durations, max_size=50), st.sampled_from([1, 30]))
def test_items_tell_every_duration_within_half_a_percent(
    numbers: list[int], times: int
) -> None:
    numbers *= times
    items = sorted(_of(*numbers).items())
    told = sorted(each for each, count in items for _ in range(count))

    assert len(told) == len(numbers)
    for near, exact in zip(told, sorted(numbers), strict=True):
        assert abs(near - exact) <= 0.005 * exact + 1  # they are whole nanoseconds


def _state(latencies: Latencies) -> tuple[object, ...]:
    fractions = [number / 100 for number in range(1, 101)]
    return (
        latencies.count,
        latencies.maximum,
        sorted(latencies.items()),
        [latencies.quantile(fraction) for fraction in fractions],
    )


def _merged(parts: list[list[int]]) -> Latencies:
    merged = Latencies()
    for part in parts:
        merged.merge(_of(*part))
    return merged


@given(
    st.lists(st.lists(durations, max_size=30), max_size=6),
    st.sampled_from([1, 7, 40]),
    st.randoms(use_true_random=False),
)
def test_the_parts_merged_in_any_order_are_the_whole(
    parts: list[list[int]], times: int, random: Random
) -> None:
    parts = [part * times for part in parts]
    whole = [number for part in parts for number in part]
    shuffled = list(parts)
    random.shuffle(shuffled)

    assert _state(_merged(parts)) == _state(_of(*whole))
    assert _state(_merged(shuffled)) == _state(_of(*whole))


@given(st.lists(st.lists(durations, max_size=400), min_size=3, max_size=3))
def test_merging_first_two_or_last_two_is_the_same(parts: list[list[int]]) -> None:
    first, second, third = ([*part, 5, 7, 9] * 3 for part in parts)
    left, right = _of(*first), _of(*second)
    left.merge(_of(*second))
    left.merge(_of(*third))
    right.merge(_of(*third))
    whole = _of(*first)
    whole.merge(right)

    assert _state(left) == _state(whole)


def test_a_histogram_takes_bounded_memory() -> None:
    latencies = _of(*(1 + number**3 for number in range(20_000)))

    assert len(list(latencies.items())) < 3_000
