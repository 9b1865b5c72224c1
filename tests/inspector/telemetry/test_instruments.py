"""Counters and histograms become cumulative metrics, or nothing while empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from opentelemetry.proto.metrics.v1.metrics_pb2 import AggregationTemporality

from inspector.telemetry.instruments import (
    BoundedDurations,
    Count,
    Durations,
    Instrument,
    Level,
    Window,
)

if TYPE_CHECKING:
    from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric

WINDOW = Window(1_000, 2_000)
CUMULATIVE = AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE
MILLISECOND = 1_000_000


def metric_of(instrument: Instrument) -> Metric:
    found = instrument.metric(WINDOW)
    assert found is not None
    assert (found.name, found.description) == ("n", "N.")
    return found


def test_what_counted_nothing_is_not_sent() -> None:
    empty: list[Instrument] = [
        Count("n", "N.", "1"),
        Level("n", "N.", "1"),
        Durations("n", "N."),
        BoundedDurations("n", "N.", (1, 2)),
    ]

    assert [each.metric(WINDOW) for each in empty] == [None] * 4
    with pytest.raises(NotImplementedError):
        Instrument("n", "N.", "1").metric(WINDOW)


def test_a_count_is_a_monotonic_sum() -> None:
    count = Count("n", "N.", "{request}")
    count.add(2, {"a": "x"})
    count.add(3, {"a": "x"})
    count.add(0, {"a": "y"})
    count.set(9, {"a": "z"})
    count.set(7, {"a": "z"})
    found = metric_of(count)

    assert found.sum.is_monotonic
    assert found.sum.aggregation_temporality == CUMULATIVE
    assert found.unit == "{request}"
    points = found.sum.data_points
    assert [(p.attributes[0].value.string_value, p.as_int) for p in points] == [
        ("x", 5),
        ("y", 0),
        ("z", 7),
    ]
    assert {(p.start_time_unix_nano, p.time_unix_nano) for p in points} == {WINDOW}


def test_a_level_is_a_gauge() -> None:
    level = Level("n", "N.", "1")
    level.value = 0

    assert metric_of(level).gauge.data_points[0].as_int == 0


def test_durations_are_an_exponential_histogram_of_seconds() -> None:
    durations = Durations("n", "N.")
    for each in (0, 5, MILLISECOND, 2_000 * MILLISECOND):
        durations.add(each, {"a": "x"})
    found = metric_of(durations)

    data = found.exponential_histogram
    assert (found.unit, data.aggregation_temporality) == ("s", CUMULATIVE)
    point = data.data_points[0]
    assert (point.count, point.zero_count) == (4, 1)
    assert (point.min, point.max) == (0, 2)
    assert point.sum == pytest.approx(2.001000005)
    assert sum(point.positive.bucket_counts) == 3
    last = point.positive.offset + len(point.positive.bucket_counts)
    assert 2 ** (last / 2**point.scale) == 2  # the bound that 2 s are at


def test_bounds_are_upper_bounds() -> None:
    durations = BoundedDurations("n", "N.", (MILLISECOND, 10 * MILLISECOND))
    for each in (-5, 0, MILLISECOND, MILLISECOND + 1, 11 * MILLISECOND):
        durations.add(each, {})
    data = metric_of(durations).histogram

    assert data.aggregation_temporality == CUMULATIVE
    point = data.data_points[0]
    assert list(point.explicit_bounds) == [0.001, 0.01]
    assert list(point.bucket_counts) == [3, 1, 1]
    assert point.count == 5
    assert point.sum == pytest.approx(0.013000001)
