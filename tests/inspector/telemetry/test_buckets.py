"""Buckets hold what OpenTelemetry says, exactly: compared by whole numbers."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st
from opentelemetry.sdk.metrics._internal.exponential_histogram.mapping.logarithm_mapping import (  # noqa: E501
    LogarithmMapping,
)

from inspector.figures.latency import GROWTH
from inspector.telemetry.buckets import (
    MAX_BUCKETS,
    MAX_SCALE,
    ExponentialHistogram,
    index_of,
)

_BILLION = 1_000_000_000
DURATIONS = st.integers(1, 10**14)  # up to a day


def at_most(duration_ns: int, bound: int, scale: int) -> bool:
    """Whether a duration is no longer than ``2**(bound / 2**scale)`` seconds."""
    root = 1 << scale
    power: int = duration_ns**root
    second: int = _BILLION**root
    return power <= second << bound if bound >= 0 else power << -bound <= second


@given(DURATIONS, st.integers(0, MAX_SCALE))
@example(_BILLION, MAX_SCALE)
@example(_BILLION // 2, MAX_SCALE)
@example(4 * _BILLION, 0)
@example(1, 0)
def test_a_duration_is_in_the_bucket_whose_bounds_are_around_it(
    duration_ns: int, scale: int
) -> None:
    index = index_of(duration_ns, scale)

    assert at_most(duration_ns, index + 1, scale)
    assert not at_most(duration_ns, index, scale)


@given(DURATIONS)
def test_it_is_the_bucket_of_the_sdk_of_opentelemetry(duration_ns: int) -> None:
    theirs = LogarithmMapping(MAX_SCALE)

    assert index_of(duration_ns, MAX_SCALE) == theirs.map_to_index(
        duration_ns / _BILLION
    )


def test_no_bound_of_our_own_buckets_is_one_of_these() -> None:
    # 1.01**n == 2**(i / 2**s) would make 101**(n * 2**s) a product of 2s and 5s.
    for power in range(1, 200):
        assert 101**power % 2 == 1
        assert 101**power % 5 == 1
    width = 2 ** (2**-MAX_SCALE)
    assert abs(width - 2.718281828459045**GROWTH) < 0.001  # and about as wide


@given(st.lists(st.integers(-10, 10**14), min_size=1, max_size=60))
def test_what_was_counted_is_in_it_on_any_scale(durations: list[int]) -> None:
    found = ExponentialHistogram()
    for each in durations:
        found.add(each)
    first, counts = found.buckets()

    positive = [each for each in durations if each > 0]
    assert found.count == len(durations)
    assert found.zeros == len(durations) - len(positive)
    assert found.sum_ns == sum(positive)
    assert (found.min_ns, found.max_ns) == (
        max(min(durations), 0),
        max(0, *durations, 0),
    )
    assert len(counts) <= MAX_BUCKETS
    assert {first + i: n for i, n in enumerate(counts) if n} == {
        index: sum(index_of(each, found.scale) == index for each in positive)
        for index in {index_of(each, found.scale) for each in positive}
    }


def test_the_scale_is_as_fine_as_160_buckets_allow() -> None:
    narrow, wide = ExponentialHistogram(), ExponentialHistogram()
    for each in range(1_000_000, 5_000_000, 1_000):
        narrow.add(each)
    for each in (1, 10**14):
        wide.add(each)

    assert (narrow.scale, len(narrow.buckets()[1])) == (MAX_SCALE, 149)
    assert (wide.scale, len(wide.buckets()[1])) == (1, 94)
    assert ExponentialHistogram().buckets() == (0, [])
