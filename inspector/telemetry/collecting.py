"""What a run shows, gathered for a collector: spans at once, metrics now and then."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.metrics.v1.metrics_pb2 import ResourceMetrics, ScopeMetrics

from inspector.words import plural

from .encoding import PROGRAM, SCHEMA, resource, scope
from .instruments import Window
from .metrics import Metrics

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from inspector.calls.exchanges import Exchange
    from inspector.findings.finding import Finding

    from .choosing import Choice
    from .exporting import Exporter, Left
    from .holding import Holding


class Telemetry:
    """Gathers what a run shows, and hands it over.

    Args:
        exporter: Sends it.
        choice: Chooses what becomes a span.
        common: What is said of every service.
        waits: Whether reading may wait for a collector that is slow: a capture can,
            and what passes an interface cannot.
        holding: Gives exchanges that come as they end their parents; None where they
            come in order, with these, or none are sought.

    Attributes:
        metrics: What is counted.
        source: What is inspected; with the time of its beginning it tells runs apart.
    """

    def __init__(
        self,
        exporter: Exporter,
        choice: Choice,
        common: Mapping[str, str],
        *,
        waits: bool,
        holding: Holding | None = None,
    ) -> None:
        self.metrics = Metrics()
        self.source = ""
        self._exporter, self._choice = exporter, choice
        self._common, self._waits = dict(common), waits
        self._begin_ns = 0
        self._holding = holding

    def add_exchange(self, exchange: Exchange) -> None:
        """Count an exchange that is over, and hand over its span if it is chosen."""
        self.metrics.add_exchange(exchange)
        if self._holding is None:
            self._choose([exchange])
        else:
            self._choose(self._holding.add(exchange, time.monotonic()))

    def elapse(self) -> None:
        """Learn that time has passed: spans that were held for long are handed over."""
        if self._holding is not None:
            self._choose(self._holding.elapse(time.monotonic()))

    def _choose(self, exchanges: Iterable[Exchange]) -> None:
        for exchange in exchanges:
            for chosen in self._choice.add(exchange):
                self._exporter.offer(chosen, wait=self._waits)

    def add_waiting(self, exchange: Exchange) -> None:
        """Count an exchange that waits for longer than it should."""
        self.metrics.add_waiting(exchange)

    def add_finding(self, finding: Finding) -> None:
        """Count a finding."""
        self.metrics.add_finding(finding)

    def publish(self, begin_ns: int, end_ns: int) -> None:
        """Hand over the metrics so far.

        Args:
            begin_ns: When that was, in nanoseconds since 1970; the first call counts.
            end_ns: The time now, by the same clock.
        """
        self._begin_ns = self._begin_ns or max(begin_ns, 1)
        window = Window(self._begin_ns, max(end_ns, self._begin_ns + 1))
        said = {
            **self._common,
            "service.name": self._common.get("service.name", PROGRAM),
            "service.instance.id": str(
                uuid5(NAMESPACE_URL, f"{PROGRAM}:{self.source}:{self._begin_ns}")
            ),
        }
        found = ScopeMetrics(
            scope=scope(), schema_url=SCHEMA, metrics=self.metrics.metrics(window)
        )
        of_run = ResourceMetrics(resource=resource(said), scope_metrics=[found])
        request = ExportMetricsServiceRequest(resource_metrics=[of_run])
        self._exporter.put_metrics(request.SerializeToString())

    def sentences(self) -> list[str]:
        """Return what there is to say of the collector, each sentence once."""
        return [f"otlp: {each}" for each in self._exporter.sentences()]

    def close(self) -> str:
        """Send what is left, within seconds; return what could not be, or nothing."""
        if self._holding is not None:
            self._choose(self._holding.finish())
        return _words(self._exporter.close())


def _words(left: Left) -> str:
    """Return what could not be sent, as part of a sentence; empty for nothing."""
    parts = []
    if left.dropped + left.spans:
        parts.append(plural(left.dropped + left.spans, "span"))
    if left.metrics:
        parts.append("the last metrics")
    return " and ".join(parts)
