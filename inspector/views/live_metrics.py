"""A live run as metrics for Prometheus, beside any other view of it.

=====================================================  ==============================
metric                                                 labels
=====================================================  ==============================
``protocol_inspect_requests_total``                    carrier, route, outcome
``protocol_inspect_request_latency_seconds``           carrier, route; a histogram
``protocol_inspect_slow_requests_total``               carrier, route
``protocol_inspect_errors_total``                      carrier, class
``protocol_inspect_events_total``                      carrier, route, outcome
``protocol_inspect_orphans_total``                     carrier
``protocol_inspect_exchange_packets_total``            carrier, kind
``protocol_inspect_sent_bytes_total``                  carrier, direction
``protocol_inspect_findings_total``                    code, severity
``protocol_inspect_packets_total``                     kind
``protocol_inspect_captured_packets_total``
``protocol_inspect_dropped_packets_total``
``protocol_inspect_connections_total``
``protocol_inspect_requests_in_flight``
=====================================================  ==============================

Names, units and types follow https://prometheus.io/docs/practices/naming/. An exporter
may run for months, and peers choose what they write into a pattern: the first routes
have a label of their own, all later ones share one.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from inspector.calls.exchanges import Exchange, Kind

from .exported import FINE, MAX_ROUTES, OF_PACKETS, RouteLabels, class_of
from .observed_view import ObservedView

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from prometheus_client.metrics_core import Metric

    from inspector.figures.report import Report
    from inspector.findings.finding import Finding

    from .live_status import LiveStatus
    from .output_format import LiveView

_BUCKETS = (
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
)  # fmt: skip
_PREFIX = "protocol_inspect_"
_SECOND = 1_000_000_000
_INTERVAL_S = 0.25  # how old the totals of the report may be


class Metrics:
    """What a live run has shown so far, as Prometheus reads it.

    Args:
        max_routes: Routes with a label of their own; the others share
            ``(other patterns)``.
    """

    def __init__(self, max_routes: int = MAX_ROUTES) -> None:
        # A time stamp beside each counter would be half of all lines.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = CollectorRegistry()
        self._totals = _Totals()
        self._registry.register(self._totals)
        self._route = RouteLabels(max_routes).of
        place = ["carrier", "route"]
        self._requests = self._counter(
            "requests", "Requests that are over.", [*place, "outcome"]
        )
        self._latencies = Histogram(
            f"{_PREFIX}request_latency_seconds",
            "From the request to its first reply.",
            place,
            registry=self._registry,
            buckets=_BUCKETS,
        )
        self._slow = self._counter(
            "slow_requests", "Requests that waited longer than --slow.", place
        )
        self._errors = self._counter(
            "errors", "Requests and events that failed.", ["carrier", "class"]
        )
        self._events = self._counter("events", "Events.", [*place, "outcome"])
        self._orphans = self._counter(
            "orphans", "Replies whose request was not captured.", ["carrier"]
        )
        self._packets = self._counter(
            "exchange_packets", "Packets that exchanges took.", ["carrier", "kind"]
        )
        self._bytes = self._counter(
            "sent_bytes", "Size of requests and replies.", ["carrier", "direction"]
        )
        self._findings = self._counter("findings", "Findings.", ["code", "severity"])

    def _counter(self, name: str, text: str, labels: Sequence[str]) -> Counter:
        return Counter(f"{_PREFIX}{name}", text, labels, registry=self._registry)

    def add_exchange(self, exchange: Exchange) -> None:
        """Count an exchange that is over."""
        carrier, kind = exchange.carrier, exchange.kind
        self._packets.labels(carrier, kind).inc(exchange.packets)
        self._bytes.labels(carrier, "request").inc(exchange.request_bytes)
        self._bytes.labels(carrier, "reply").inc(exchange.reply_bytes)
        if kind is Kind.ORPHAN:
            self._orphans.labels(carrier).inc()
            return
        route, outcome = self._route(exchange), exchange.outcome or ""
        counter = self._events if kind is Kind.EVENT else self._requests
        counter.labels(carrier, route, outcome).inc()
        if exchange.outcome not in FINE:
            self._errors.labels(carrier, class_of(exchange)).inc()
        latency_ns = exchange.latency_ns
        if latency_ns is not None and not exchange.untimed:
            seconds = max(latency_ns, 0) / _SECOND
            self._latencies.labels(carrier, route).observe(seconds)

    def add_waiting(self, exchange: Exchange) -> None:
        """Count an exchange that waits for longer than it should."""
        self._slow.labels(exchange.carrier, self._route(exchange)).inc()

    def add_finding(self, finding: Finding) -> None:
        """Count a finding."""
        self._findings.labels(finding.code, finding.severity).inc()

    def update(self, status: LiveStatus) -> None:
        """Take over how far the run has come."""
        self._totals.families = list(_families(status))

    def render(self, accept: str) -> tuple[str, bytes]:
        """Return the media type and the text of all metrics, from any thread.

        Args:
            accept: The media types that the reader takes, as its ``Accept`` says; it
                chooses between Prometheus's text and OpenMetrics.
        """
        encode, media_type = choose_encoder(accept)
        return media_type, encode(self._registry)


class _Totals(Collector):
    """Figures that somebody else keeps, as they were when last looked at."""

    def __init__(self) -> None:
        self.families: Iterable[Metric] = ()

    def collect(self) -> Iterable[Metric]:
        """Return them."""
        return self.families

    def describe(self) -> Iterable[Metric]:
        """Return nothing: it is not known before the first look."""
        return ()


def _families(status: LiveStatus) -> Iterable[Metric]:
    waits = "Requests that wait for a reply."
    yield _gauge("requests_in_flight", waits, len(status.waiting))
    if status.dropped is not None:
        missed = "Packets that the kernel had no room for."
        yield _count("dropped_packets", missed, status.dropped)
    if status.report is not None:
        yield from _of_report(status.report)


def _of_report(report: Report) -> Iterable[Metric]:
    yield _count("captured_packets", "Packets that were read.", report.packet_records)
    yield _count("connections", "Connections of Nest.", report.connections)
    text = "Packets of the connections of Nest, by what they are to TCP."
    packets = CounterMetricFamily(f"{_PREFIX}packets", text, labels=["kind"])
    counts = report.counts
    for name, kind in OF_PACKETS.items():
        packets.add_metric([kind], getattr(counts, name))
    yield packets


def _count(name: str, text: str, value: int) -> Metric:
    return CounterMetricFamily(f"{_PREFIX}{name}", text, value=value)


def _gauge(name: str, text: str, value: int) -> Metric:
    return GaugeMetricFamily(f"{_PREFIX}{name}", text, value=value)


class MeteredView(ObservedView):
    """A view of a live run whose items are counted as well.

    Args:
        view: The view.
        metrics: What counts.
        clock: The time in seconds, by which the totals are due.
    """

    def __init__(
        self,
        view: LiveView,
        metrics: Metrics,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(view)
        self._metrics, self._clock = metrics, clock
        self._due = 0.0

    def show(self, item: Exchange | Finding) -> None:
        """Count what has just ended, or was just found, and show it."""
        if isinstance(item, Exchange):
            self._metrics.add_exchange(item)
        else:
            self._metrics.add_finding(item)
        super().show(item)

    def show_waiting(self, exchange: Exchange, waited_ns: int) -> None:
        """Count that an exchange waits for longer than it should, and show it."""
        self._metrics.add_waiting(exchange)
        super().show_waiting(exchange, waited_ns)

    def tick(self, status: Callable[[], LiveStatus]) -> bool:
        """Take over the totals, if it is time to, and let the view draw."""
        now = self._clock()
        if now >= self._due:
            self._due = now + _INTERVAL_S
            self._metrics.update(status())
        return super().tick(status)
