"""A measure agrees with a sorted list, whatever the numbers and their order."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from inspector.figures.latency import Latencies
from inspector.figures.measure import Measure

if TYPE_CHECKING:
    from random import Random

FRACTIONS = [0.01, 0.07, 0.25, 0.5, 0.55, 0.9, 0.99, 0.999, 1.0]
HUGE = 10**400
TINY = 5e-324
numbers = st.one_of(
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([HUGE, -HUGE, HUGE + 1, 0, -0.0, TINY, -TINY, 0.5, -5, -7, -9]),
)


def _of(*each: float, **limits: int) -> Measure:
    measure = Measure(**limits)
    for number in each:
        measure.add(number)
    return measure


def _ranked(numbers: list[float], fraction: float) -> float:
    """Return the nearest rank, by the decimal that a fraction is written as."""
    exact = Fraction(str(fraction)) * len(numbers)
    return sorted(numbers)[math.ceil(exact) - 1]


def _exact_sum(numbers: list[float]) -> Fraction:
    return sum(map(Fraction, numbers), Fraction(0))


def _nearest(exact: Fraction) -> float:
    """Return the number that is nearest to a fraction; all integers are numbers."""
    if exact.denominator == 1:
        return exact.numerator
    try:
        return float(exact)
    except OverflowError:
        return round(exact)


def test_of_nothing_only_the_sum_is_known() -> None:
    measure = Measure()

    assert (measure.count, measure.sum) == (0, 0)
    assert measure.least is measure.greatest is measure.mean is None
    assert measure.quantile(0.5) is None


@given(st.lists(numbers, min_size=1, max_size=60))
@example([-5, -7, -9])
@example([0.5] * 50)
@example([1e308, 1e308, -1e308, 1e-308])
@example([0.1, 10**30, -(10**30)])
def test_of_few_numbers_all_is_exact(values: list[float]) -> None:
    measure = _of(*values)

    assert measure.count == len(values)
    assert (measure.least, measure.greatest) == (min(values), max(values))
    assert measure.sum == _nearest(_exact_sum(values))
    assert measure.mean == _nearest(_exact_sum(values) / len(values))
    for fraction in FRACTIONS:
        assert measure.quantile(fraction) == _ranked(values, fraction)


def _within(near: float, exact: float, relative: Fraction) -> bool:
    distance = abs(Fraction(near) - Fraction(exact))
    rounding = Fraction(1, 2) if isinstance(near, int) else 0
    return distance <= relative * abs(Fraction(exact)) + rounding


@given(st.lists(numbers, min_size=1, max_size=60), st.sampled_from([1, 30]))
@example([-5, -7, -9], 30)
@example([0.5], 30)
@example([HUGE, 1, -HUGE], 30)
def test_of_many_numbers_a_quantile_is_within_half_a_percent(
    values: list[float], times: int
) -> None:
    values = values * times
    measure = _of(*values, most_exact=5)

    assert (measure.least, measure.greatest) == (min(values), max(values))
    assert measure.sum == _nearest(_exact_sum(values))
    for fraction in FRACTIONS:
        near = measure.quantile(fraction)
        assert near is not None
        assert min(values) <= near <= max(values)
        assert _within(near, _ranked(values, fraction), Fraction(5001, 1_000_000))


def test_what_went_wrong_with_durations_is_right_with_numbers() -> None:
    halves, negative = _of(*[0.5] * 1_500), _of(-5, -7, -9)

    assert halves.quantile(0.5) == 0.5
    assert (negative.greatest, negative.quantile(1.0)) == (-5, -5)


def test_a_thousand_numbers_are_kept_as_they_are_and_no_more() -> None:
    kept, counted = _of(*range(1, 1_001)), _of(*range(1, 1_002))

    assert kept.quantile(0.5) == 500
    assert counted.quantile(0.5) != 501
    assert counted.quantile(0.5) == pytest.approx(501, rel=0.005)
    assert isinstance(counted.quantile(0.5), int)
    assert counted.quantile(1.0) == 1_001


def test_fractions_among_whole_numbers_are_no_longer_rounded() -> None:
    measure = _of(*[10] * 20, 0.25, most_exact=3)

    assert measure.quantile(0.01) == pytest.approx(0.25, rel=0.005)
    assert isinstance(measure.quantile(0.01), float)


def test_infinities_stand_at_the_ends_and_what_is_no_number_nowhere() -> None:
    for most_exact in (1_000, 2):
        measure = _of(1, -math.inf, math.nan, 2.5, math.inf, -3, most_exact=most_exact)

        assert measure.count == 5
        assert (measure.least, measure.greatest) == (-math.inf, math.inf)
        assert measure.quantile(0.1) == -math.inf
        assert measure.quantile(0.9) == math.inf
        assert measure.quantile(0.6) == pytest.approx(1, rel=0.005)
        assert math.isnan(measure.sum)
    assert _of(1, math.inf).sum == _of(1, math.inf).mean == math.inf


def test_beyond_many_buckets_two_become_one_and_the_error_doubles() -> None:
    values = [sign * 1.01**power for power in range(700) for sign in (-1, 1)]
    measure = _of(*values, most_exact=3, most_buckets=200)

    for fraction in FRACTIONS:
        near = measure.quantile(fraction)
        assert near is not None
        # 1,400 buckets became 175 in three steps.
        assert _within(near, _ranked(values, fraction), Fraction(41, 1_000))


@given(st.lists(numbers, max_size=200))
def test_there_are_never_more_buckets_than_allowed(values: list[float]) -> None:
    measure = _of(*values, most_exact=0, most_buckets=7)

    assert len({measure.quantile(place / 200) for place in range(1, 201)}) <= 8


def _state(measure: Measure) -> tuple[object, ...]:
    quantiles = [measure.quantile(place / 50) for place in range(1, 51)]
    return (
        measure.count,
        measure.sum,
        measure.mean,
        measure.least,
        measure.greatest,
        quantiles,
    )


@given(
    st.lists(st.lists(numbers, max_size=25), max_size=6),
    st.sampled_from([(1_000, 4_096), (10, 4_096), (10, 8)]),
    st.randoms(use_true_random=False),
)
def test_the_parts_merged_in_any_order_are_the_whole(
    parts: list[list[float]], limits: tuple[int, int], random: Random
) -> None:
    whole = [number for part in parts for number in part]
    expected = _state(Measure(*limits)) if not whole else None
    measures = []
    for order in (whole, sorted(whole)):
        measure = Measure(*limits)
        for number in order:
            measure.add(number)
        measures.append(measure)
    for _ in range(2):
        merged = Measure(*limits)
        random.shuffle(parts)
        for part in parts:
            own = Measure(*limits)
            for number in part:
                own.add(number)
            merged.merge(own)
        measures.append(merged)

    states = [_state(measure) for measure in measures]
    assert all(state == (expected or states[0]) for state in states)


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=30))
def test_durations_have_the_quantiles_that_a_histogram_of_durations_gives(
    durations: list[int],
) -> None:
    latencies, measure = Latencies(), Measure()
    for duration in durations * 50:
        latencies.add(duration)
        measure.add(duration)

    for fraction in FRACTIONS:
        near = latencies.quantile(fraction)
        assert near is not None
        assert measure.quantile(fraction) == max(near, min(durations))
