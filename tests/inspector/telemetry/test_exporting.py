"""What waits is sent when the collector takes it; it is bounded and holds up nobody."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTracePartialSuccess,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from inspector.telemetry.choosing import Chosen
from inspector.telemetry.exporting import Exporter, Left, Pace, request_of
from inspector.telemetry.sending import Sender
from inspector.telemetry.settings import target_of
from tests.inspector.telemetry.collector import Collector, Reply, collecting
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

NOTHING = Left(dropped=0, spans=0, metrics=False)
QUICK = Pace(first_s=0.01, flush_s=PATIENCE)


def exporter_to(url: str, pace: Pace = QUICK, most: int = 4_096) -> Exporter:
    target = target_of(url)
    sender = Sender(target, {}, PATIENCE)
    return Exporter(sender, target, {"deployment.environment.name": "test"}, pace, most)


def span(number: int, service: str = "calc") -> Chosen:
    return Chosen(service, Span(name=f"s{number}", span_id=number.to_bytes(8)))


def names(collector: Collector) -> list[str]:
    return [each.span.name for each in collector.spans]


@contextmanager
def free_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    yield port


def test_everything_arrives_in_order_and_by_service() -> None:
    with collecting() as collector:
        exporter = exporter_to(collector.url)
        for number in range(1_500):
            exporter.offer(span(number, f"service-{number % 3}"), wait=True)
        exporter.put_metrics(b"")
        left = exporter.close()

    assert left == NOTHING
    assert sorted(names(collector)) == sorted(f"s{n}" for n in range(1_500))
    assert {each.resource["service.name"] for each in collector.spans} == {
        "service-0",
        "service-1",
        "service-2",
    }
    assert collector.spans[0].resource["deployment.environment.name"] == "test"
    assert collector.states == 1
    assert exporter.sentences() == []


def test_a_span_does_not_wait_for_the_end() -> None:
    with collecting() as collector:
        exporter = exporter_to(collector.url)
        exporter.offer(span(1))
        collector.until(lambda: bool(collector.spans))
        exporter.close()


def test_a_collector_that_comes_later_gets_the_newest() -> None:
    with free_port() as port:
        exporter = exporter_to(f"http://127.0.0.1:{port}", most=10)
        exporter.offer(span(0))
        said: list[str] = []
        while not said:
            said = exporter.sentences()
        for number in range(1, 31):
            exporter.offer(span(number), wait=True)  # which does not wait for ever
        exporter.put_metrics(b"")
        with collecting(port) as collector:
            collector.until(lambda: len(names(collector)) == 11)
            left = exporter.close()

    url = f"http://127.0.0.1:{port}"
    assert said == [f"{url} is away: connection refused"]
    assert exporter.sentences() == [f"{url} is back; 20 spans dropped meanwhile"]
    assert left == NOTHING._replace(dropped=20)
    assert names(collector) == ["s0", *(f"s{n}" for n in range(21, 31))]


def test_busy_is_away_until_it_is_not() -> None:
    with collecting() as collector:
        busy = Reply(503, {"Retry-After": "0"})
        collector.reply = lambda _, number: busy if number < 4 else Reply()
        exporter = exporter_to(collector.url)
        exporter.offer(span(1))
        collector.until(lambda: bool(collector.spans))
        left = exporter.close()

    assert left == NOTHING
    assert names(collector) == ["s1"]
    assert exporter.sentences() == [
        f"{collector.url} is away: 503 Service Unavailable",
        f"{collector.url} is back",
    ]


def test_who_asks_to_come_back_later_is_not_asked_before() -> None:
    with collecting() as collector:
        moments: list[float] = []

        def later(_: str, number: int) -> Reply:
            moments.append(time.monotonic())
            return Reply(429, {"Retry-After": "1"}) if number == 1 else Reply()

        collector.reply = later
        exporter = exporter_to(collector.url)
        exporter.offer(span(1))
        collector.until(lambda: len(moments) == 2)
        exporter.close()

    assert moments[1] - moments[0] >= 1
    assert names(collector) == ["s1"]


def test_the_end_waits_for_nobody_for_long() -> None:
    release = threading.Event()

    def hang(*_: object) -> Reply:
        release.wait(PATIENCE)
        return Reply(503)

    with collecting() as collector, free_port() as port:
        collector.reply = hang
        pace = Pace(first_s=0.01, flush_s=0.2)
        slow, away = (
            exporter_to(collector.url, pace),
            exporter_to(f"http://127.0.0.1:{port}", Pace(first_s=60, flush_s=10)),
        )
        for each in (slow, away):
            each.offer(span(1))
            each.put_metrics(b"")
        lefts = [slow.close(), away.close()]  # the second in no time
        release.set()

    assert lefts == [Left(0, 1, metrics=True)] * 2
    assert len(away.sentences()) == 1


def test_what_is_refused_is_dropped_and_said_once() -> None:
    with collecting() as collector:
        collector.reply = lambda path, _: Reply(404 if "traces" in path else 200)
        exporter = exporter_to(collector.url)
        for number in range(3):
            exporter.offer(span(number))
            collector.until(lambda n=number: len(collector.paths) > n)  # type: ignore[misc]
        exporter.put_metrics(b"")
        left = exporter.close()

    assert left == NOTHING._replace(dropped=3)
    assert collector.states == 1
    assert exporter.sentences() == [
        f"{collector.url}: traces: answers 404 Not Found",
    ]


def test_rejected_spans_are_counted_and_said_once() -> None:
    def reply(_: str, number: int) -> Reply:
        partial = ExportTracePartialSuccess(rejected_spans=number, error_message="why")
        message = ExportTraceServiceResponse(partial_success=partial)
        return Reply(body=message.SerializeToString())

    with collecting() as collector:
        collector.reply = reply
        exporter = exporter_to(collector.url)
        exporter.offer(span(0))
        collector.until(lambda: len(collector.spans) == 1)
        for number in (1, 2):
            exporter.offer(span(number))
        left = exporter.close()

    assert left == NOTHING._replace(dropped=3)
    assert exporter.sentences() == [f"{collector.url}: traces: rejects 1: why"]


def test_a_fault_of_ours_ends_it_with_a_sentence() -> None:
    with collecting() as collector:
        exporter = exporter_to(collector.url, most=2)
        exporter.put_metrics(7)  # type: ignore[arg-type]
        said: list[str] = []
        while not said:
            said = exporter.sentences()
        for number in range(5):
            exporter.offer(span(number), wait=True)
        left = exporter.close()

    assert "a fault, nothing more is sent" in said[0]
    assert left == Left(3, 2, metrics=True)


def test_a_request_has_services_once() -> None:
    batch = [span(1, "a"), span(2, "b"), span(3, "a")]

    assert len(request_of(batch, {})) < len(request_of(batch[:2], {})) * 2
    assert request_of([], {}) == b""
