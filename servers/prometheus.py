"""Hooks that keep metrics for Prometheus; the extra ``metrics`` installs its client.

=====================================  ===========================================
metric                                 labels
=====================================  ===========================================
``nest_calls_total``                   side, route, kind, outcome
``nest_call_duration_seconds``         side, route, kind; a histogram
``nest_calls_in_flight``               side, route
``nest_calls_retried_total``           side, route
``nest_connections``                   side
``nest_connections_opened_total``      side
``nest_connections_held_total``        side
``nest_received_bytes_total``          side
``nest_sent_bytes_total``              side
``nest_received_packets_total``        side
``nest_sent_packets_total``            side
=====================================  ===========================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .hooks import Hooks

try:
    from prometheus_client import (
        CONTENT_TYPE_LATEST,
        REGISTRY,
        CollectorRegistry,
        Counter,
        Gauge,
        Histogram,
        generate_latest,
    )
except ImportError as missing:
    raise ImportError(
        "servers.prometheus needs prometheus-client: "
        "pip install 'protocol-inspect[metrics]'"
    ) from missing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .hooks import Kind, Outcome, Side

_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)


class PrometheusHooks(Hooks):
    """Count connections, bytes and calls.

    Args:
        registry: Where the metrics are registered; a registry takes them once.
        buckets: Upper bounds of the histogram, in seconds.
    """

    def __init__(
        self,
        registry: CollectorRegistry = REGISTRY,
        *,
        buckets: Sequence[float] = _BUCKETS,
    ) -> None:
        self._registry = registry
        self._calls = Counter(
            "nest_calls",
            "Calls that ended.",
            ["side", "route", "kind", "outcome"],
            registry=registry,
        )
        self._durations = Histogram(
            "nest_call_duration_seconds",
            "From the request to the end of the reply.",
            ["side", "route", "kind"],
            registry=registry,
            buckets=buckets,
        )
        self._in_flight = Gauge(
            "nest_calls_in_flight",
            "Calls that have not ended.",
            ["side", "route"],
            registry=registry,
        )
        self._retried = Counter(
            "nest_calls_retried",
            "Calls that were made again.",
            ["side", "route"],
            registry=registry,
        )
        side = ["side"]
        self._open = Gauge("nest_connections", "Open now.", side, registry=registry)
        self._opened = Counter(
            "nest_connections_opened", "Opened so far.", side, registry=registry
        )
        self._reading_held = Counter(
            "nest_connections_held",
            "Connections not read for long: too many calls in flight.",
            side,
            registry=registry,
        )
        self._received = Counter(
            "nest_received_bytes", "Bytes received.", side, registry=registry
        )
        self._sent = Counter("nest_sent_bytes", "Bytes sent.", side, registry=registry)
        self._packets_received = Counter(
            "nest_received_packets", "Packets received.", side, registry=registry
        )
        self._packets_sent = Counter(
            "nest_sent_packets", "Packets sent.", side, registry=registry
        )

    def metrics(self) -> tuple[str, bytes]:
        """Return the metrics of the registry as Prometheus reads them.

        Those of one process: with several workers, of the one that is asked.
        """
        return CONTENT_TYPE_LATEST, generate_latest(self._registry)

    def connection_opened(self, side: Side, peer: str) -> None:
        """Count a new connection."""
        del peer  # too many values for a label
        self._open.labels(side).inc()
        self._opened.labels(side).inc()

    def connection_closed(self, side: Side, peer: str) -> None:
        """Decrement the open connections."""
        del peer
        self._open.labels(side).dec()

    def reading_held(self, side: Side, peer: str, seconds: float) -> None:
        """Count a connection that has not been read for long."""
        del peer, seconds
        self._reading_held.labels(side).inc()

    def bytes_received(self, side: Side, count: int) -> None:
        """Count bytes received."""
        self._received.labels(side).inc(count)

    def bytes_sent(self, side: Side, count: int) -> None:
        """Count bytes sent."""
        self._sent.labels(side).inc(count)

    def packets_received(self, side: Side, count: int) -> None:
        """Count packets received."""
        self._packets_received.labels(side).inc(count)

    def packets_sent(self, side: Side, count: int) -> None:
        """Count packets sent."""
        self._packets_sent.labels(side).inc(count)

    def call_started(self, side: Side, route: str) -> None:
        """Count a call in flight."""
        self._in_flight.labels(side, route).inc()

    def call_retried(
        self, side: Side, route: str, attempts: int, seconds: float, error: Exception
    ) -> None:
        """Count a call that is made again."""
        del attempts, seconds, error
        self._retried.labels(side, route).inc()

    def call_finished(
        self, side: Side, route: str, kind: Kind, outcome: Outcome, seconds: float
    ) -> None:
        """Count a call by its outcome and its duration."""
        self._in_flight.labels(side, route).dec()
        self._calls.labels(side, route, kind, outcome).inc()
        self._durations.labels(side, route, kind).observe(seconds)
