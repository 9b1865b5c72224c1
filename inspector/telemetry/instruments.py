"""Counters and histograms, and how each becomes a metric of OpenTelemetry.

All are cumulative, since the beginning of the run: what is sent later replaces what was
sent before, so that a collector that was away for a while has missed no count.

Histograms are exponential, but for that of a service graph, whose readers sum up what
histograms with bounds are turned into.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING

from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    AggregationTemporality,
    ExponentialHistogramDataPoint,
    Gauge,
    HistogramDataPoint,
    Metric,
    NumberDataPoint,
    Sum,
)
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    ExponentialHistogram as ExponentialData,
)
from opentelemetry.proto.metrics.v1.metrics_pb2 import Histogram as BoundedData

from protocol.named_tuple import NamedTuple

from .buckets import ExponentialHistogram
from .encoding import key_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import TypeAlias

    from .conventions import Value

    Labels: TypeAlias = "tuple[tuple[str, Value], ...]"

_BILLION = 1_000_000_000
_CUMULATIVE = AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE


class Window(NamedTuple):
    """What time figures are of, in nanoseconds since 1970."""

    begin_ns: int
    end_ns: int


class Instrument:
    """What is counted under one name.

    Args:
        name: That of the metric.
        text: What it means, a sentence.
        unit: As UCUM writes it: ``s``, ``By``, ``{request}``.
    """

    def __init__(self, name: str, text: str, unit: str) -> None:
        self.name, self.text, self.unit = name, text, unit

    def metric(self, window: Window) -> Metric | None:
        """Return the metric; None while nothing was counted."""
        raise NotImplementedError

    def _named(self) -> Metric:
        return Metric(name=self.name, description=self.text, unit=self.unit)


class Count(Instrument):
    """Something that only grows."""

    def __init__(self, name: str, text: str, unit: str) -> None:
        super().__init__(name, text, unit)
        self.values: Counter[Labels] = Counter()

    def add(self, number: int, attributes: Mapping[str, Value]) -> None:
        """Count some more."""
        self.values[tuple(attributes.items())] += number

    def set(self, number: int, attributes: Mapping[str, Value]) -> None:
        """Take over a count that somebody else keeps."""
        self.values[tuple(attributes.items())] = number

    def metric(self, window: Window) -> Metric | None:
        """Return a sum, which is cumulative and monotonic."""
        if not self.values:
            return None
        points = list(_numbers(self.values, window))
        data = Sum(
            data_points=points,
            aggregation_temporality=_CUMULATIVE,
            is_monotonic=True,
        )
        metric = self._named()
        metric.sum.CopyFrom(data)
        return metric


class Level(Instrument):
    """Something that goes up and down."""

    value: int | None = None

    def metric(self, window: Window) -> Metric | None:
        """Return a gauge."""
        if self.value is None:
            return None
        point = NumberDataPoint(time_unix_nano=window.end_ns, as_int=self.value)
        metric = self._named()
        metric.gauge.CopyFrom(Gauge(data_points=[point]))
        return metric


class Durations(Instrument):
    """Durations in exponential buckets."""

    def __init__(self, name: str, text: str, unit: str = "s") -> None:
        super().__init__(name, text, unit)
        self.values: dict[Labels, ExponentialHistogram] = {}

    def add(self, duration_ns: int, attributes: Mapping[str, Value]) -> None:
        """Count a duration in nanoseconds."""
        labels = tuple(attributes.items())
        found = self.values.get(labels)
        if found is None:
            found = self.values[labels] = ExponentialHistogram()
        found.add(duration_ns)

    def metric(self, window: Window) -> Metric | None:
        """Return an exponential histogram of seconds, which is cumulative."""
        if not self.values:
            return None
        points = [
            _exponential(labels, found, window) for labels, found in self.values.items()
        ]
        data = ExponentialData(data_points=points, aggregation_temporality=_CUMULATIVE)
        metric = self._named()
        metric.exponential_histogram.CopyFrom(data)
        return metric


class BoundedDurations(Instrument):
    """Durations in buckets with bounds.

    Args:
        bounds_ns: The upper bounds of all buckets but the last, in nanoseconds.
    """

    def __init__(self, name: str, text: str, bounds_ns: tuple[int, ...]) -> None:
        super().__init__(name, text, "s")
        self._bounds_ns = bounds_ns
        self.values: dict[Labels, list[int]] = {}
        self._sums_ns: Counter[Labels] = Counter()

    def add(self, duration_ns: int, attributes: Mapping[str, Value]) -> None:
        """Count a duration in nanoseconds; a negative one counts as 0."""
        duration_ns = max(duration_ns, 0)
        labels = tuple(attributes.items())
        if labels not in self.values:
            self.values[labels] = [0] * (len(self._bounds_ns) + 1)
        self.values[labels][bisect_left(self._bounds_ns, duration_ns)] += 1
        self._sums_ns[labels] += duration_ns

    def metric(self, window: Window) -> Metric | None:
        """Return a histogram of seconds, which is cumulative."""
        if not self.values:
            return None
        bounds = [each / _BILLION for each in self._bounds_ns]
        points = [
            HistogramDataPoint(
                attributes=key_values(dict(labels)),
                start_time_unix_nano=window.begin_ns,
                time_unix_nano=window.end_ns,
                count=sum(counts),
                sum=self._sums_ns[labels] / _BILLION,
                bucket_counts=counts,
                explicit_bounds=bounds,
            )
            for labels, counts in self.values.items()
        ]
        data = BoundedData(data_points=points, aggregation_temporality=_CUMULATIVE)
        metric = self._named()
        metric.histogram.CopyFrom(data)
        return metric


def _numbers(values: Mapping[Labels, int], window: Window) -> Iterator[NumberDataPoint]:
    for labels, number in values.items():
        yield NumberDataPoint(
            attributes=key_values(dict(labels)),
            start_time_unix_nano=window.begin_ns,
            time_unix_nano=window.end_ns,
            as_int=number,
        )


def _exponential(
    labels: Labels, found: ExponentialHistogram, window: Window
) -> ExponentialHistogramDataPoint:
    offset, counts = found.buckets()
    buckets = ExponentialHistogramDataPoint.Buckets(offset=offset, bucket_counts=counts)
    return ExponentialHistogramDataPoint(
        attributes=key_values(dict(labels)),
        start_time_unix_nano=window.begin_ns,
        time_unix_nano=window.end_ns,
        count=found.count,
        sum=found.sum_ns / _BILLION,
        min=found.min_ns / _BILLION,
        max=found.max_ns / _BILLION,
        scale=found.scale,
        zero_count=found.zeros,
        positive=buckets,
    )
