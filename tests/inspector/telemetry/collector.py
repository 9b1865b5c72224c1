"""A collector of OpenTelemetry in this process: OTLP over HTTP, on the loopback."""

from __future__ import annotations

import gzip
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
)

from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from opentelemetry.proto.common.v1.common_pb2 import KeyValue
    from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric
    from opentelemetry.proto.trace.v1.trace_pb2 import Span


class Reply(NamedTuple):
    """What a collector answers.

    Attributes:
        status: The status; 0 for closing the connection instead of an answer.
        headers: Fields besides.
        body: What follows.
        taken: Whether it keeps what it was sent.
    """

    status: int = 200
    headers: dict[str, str] = {}  # noqa: RUF012 — nobody changes it
    body: bytes = b""

    @property
    def taken(self) -> bool:
        return self.status == 200


class SpanOf(NamedTuple):
    """A span that came, and the attributes of its resource."""

    resource: dict[str, Any]
    span: Span

    @property
    def said(self) -> dict[str, Any]:
        """Its attributes."""
        return values_of(self.span.attributes)


def values_of(attributes: Any) -> dict[str, Any]:  # noqa: ANN401 — a repeated field
    """Return attributes as Python has them."""
    found: dict[str, Any] = {}
    each: KeyValue
    for each in attributes:
        assert each.key not in found
        kind = each.value.WhichOneof("value")
        assert kind is not None
        found[each.key] = getattr(each.value, kind)
    return found


class Collector:
    """What a collector was sent, and what it answers.

    Attributes:
        url: Where it is.
        reply: What it answers to the next requests, given path and number of them.
        paths: Of the requests so far, whatever it answered.
        fields: Of HTTP, of each of them.
    """

    def __init__(self) -> None:
        self.url = ""
        self.reply: Callable[[str, int], Reply] = lambda *_: Reply()
        self.paths: list[str] = []
        self.fields: list[dict[str, str]] = []
        self._traces: list[ExportTraceServiceRequest] = []
        self._metrics: list[ExportMetricsServiceRequest] = []
        self._changed = threading.Condition()

    def take(self, path: str, fields: dict[str, str], body: bytes) -> Reply:
        """Take a request in."""
        with self._changed:
            self.paths.append(path)
            self.fields.append(fields)
            reply, number = self.reply, len(self.paths)
        answer = reply(path, number)
        with self._changed:
            if answer.taken and path.endswith("/v1/traces"):
                self._traces.append(ExportTraceServiceRequest.FromString(body))
            elif answer.taken:
                assert path.endswith("/v1/metrics")
                self._metrics.append(ExportMetricsServiceRequest.FromString(body))
            self._changed.notify_all()
        return answer

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds after some request."""
        with self._changed:
            assert self._changed.wait_for(holds, PATIENCE)

    @property
    def spans(self) -> list[SpanOf]:
        """All spans that came, in that order."""
        return [
            SpanOf(values_of(resource.resource.attributes), span)
            for request in self._traces
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    @property
    def states(self) -> int:
        """How often metrics came."""
        return len(self._metrics)

    @property
    def resource(self) -> dict[str, Any]:
        """Of what the last metrics are."""
        return values_of(self._metrics[-1].resource_metrics[0].resource.attributes)

    @property
    def metrics(self) -> dict[str, Metric]:
        """The last metrics that came, by their names."""
        scope = self._metrics[-1].resource_metrics[0].scope_metrics[0]
        assert scope.scope.name == "protocol-inspect"
        found = {each.name: each for each in scope.metrics}
        assert len(found) == len(scope.metrics)
        return found

    def numbers(self, name: str) -> dict[tuple[Any, ...], int]:
        """Return a sum or a gauge of the last metrics, by the values of attributes."""
        metric = self.metrics[name]
        kind = metric.WhichOneof("data")
        assert kind in {"sum", "gauge"}
        points = getattr(metric, kind).data_points
        found = {tuple(values_of(p.attributes).values()): p.as_int for p in points}
        assert len(found) == len(points)
        return found

    def points(self, name: str) -> dict[tuple[Any, ...], Any]:
        """Return the points of a histogram, by the values of their attributes."""
        metric = self.metrics[name]
        kind = metric.WhichOneof("data")
        assert kind in {"histogram", "exponential_histogram"}
        points = getattr(metric, kind).data_points
        return {tuple(values_of(p.attributes).values()): p for p in points}


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = PATIENCE

    def do_POST(self) -> None:
        assert self.headers["Content-Type"] == "application/x-protobuf"
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers["Content-Encoding"] == "gzip":
            body = gzip.decompress(body)
        reply = self.server.collector.take(self.path, dict(self.headers), body)
        if not reply.status:
            self.close_connection = True
            return
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, *_: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    collector: Collector

    def handle_error(self, *_: object) -> None:
        """Say nothing: those who ask may leave."""


@contextmanager
def collecting(port: int = 0) -> Iterator[Collector]:
    """Run a collector for as long as the block lasts.

    Args:
        port: Where; 0 for a port that is free.
    """
    collector = Collector()
    with _Server(("127.0.0.1", port), _Handler) as server:
        server.collector = collector
        collector.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield collector
        finally:
            server.shutdown()
            thread.join()
