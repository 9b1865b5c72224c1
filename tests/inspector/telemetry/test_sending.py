"""A request arrives, or it is known whether to send it again: over real HTTP."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import trustme
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsPartialSuccess,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTracePartialSuccess,
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span

from inspector.telemetry.sending import METRICS, TRACES, Answer, Sender, seconds_in
from inspector.telemetry.settings import target_of
from tests.inspector.telemetry.collector import Reply, collecting
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ARRIVED = Answer(arrived=True)


def request(name: str = "sum", number: int = 1) -> bytes:
    spans = [Span(name=name) for _ in range(number)]
    whole = ResourceSpans(scope_spans=[ScopeSpans(spans=spans)])
    return ExportTraceServiceRequest(resource_spans=[whole]).SerializeToString()


@contextmanager
def listening(serve: Callable[[socket.socket], None]) -> Iterator[str]:
    """Serve one connection after another, as somebody who is no collector."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def run() -> None:
            while True:
                try:
                    peer, _ = listener.accept()
                except OSError:
                    return
                with peer:
                    serve(peer)

        thread = threading.Thread(target=run)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(PATIENCE)


def sent(url: str, body: bytes, timeout_s: float = PATIENCE) -> Answer:
    sender = Sender(target_of(url), {}, timeout_s)
    try:
        return sender.send(TRACES, body)
    finally:
        sender.close()


def test_what_is_sent_arrives_on_one_connection_large_or_small() -> None:
    with collecting() as collector:
        target = target_of(f"{collector.url}/tenant")
        sender = Sender(target, {"Authorization": "Basic abc"}, PATIENCE)
        answers = [sender.send(TRACES, request(number=n)) for n in (1, 500)]
        answers.append(sender.send(METRICS, b""))
        sender.close()
        again = sender.send(TRACES, request("after"))
        sender.close()

    assert [*answers, again] == [ARRIVED] * 4
    assert collector.paths[1:3] == ["/tenant/v1/traces", "/tenant/v1/metrics"]
    assert [each.span.name for each in collector.spans] == ["sum"] * 501 + ["after"]
    encodings = [each.get("Content-Encoding") for each in collector.fields]
    assert encodings == [None, "gzip", None, None]
    assert {each["Authorization"] for each in collector.fields} == {"Basic abc"}


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_some_answers_ask_to_come_again(status: int) -> None:
    with collecting() as collector:
        collector.reply = lambda *_: Reply(status, {"Retry-After": "7"}, b"busy")
        answer = sent(collector.url, request())

    assert (answer.arrived, answer.again, answer.after_s) == (False, True, 7)
    assert answer.problem.startswith(str(status))


@pytest.mark.parametrize("status", [400, 401, 404, 413, 500, 308])
def test_others_mean_that_it_is_not_wanted(status: int) -> None:
    with collecting() as collector:
        collector.reply = lambda *_: Reply(status, {"Location": "/"}, b"x" * 100_000)
        answer = sent(collector.url, request())

    assert (answer.arrived, answer.again, answer.after_s) == (False, False, None)
    assert answer.problem.startswith(str(status))
    assert len(collector.paths) == 1


def test_part_of_it_may_be_rejected() -> None:
    traces = ExportTraceServiceResponse(
        partial_success=ExportTracePartialSuccess(rejected_spans=3, error_message="why")
    )
    points = ExportMetricsServiceResponse(
        partial_success=ExportMetricsPartialSuccess(rejected_data_points=2)
    )
    bodies = {"/v1/traces": traces, "/v1/metrics": points}
    with collecting() as collector:
        collector.reply = lambda path, _: Reply(body=bodies[path].SerializeToString())
        sender = Sender(target_of(collector.url), {}, PATIENCE)
        answers = [sender.send(TRACES, request()), sender.send(METRICS, b"")]
        collector.reply = lambda *_: Reply(body=b"\xff not protobuf")
        answers.append(sender.send(TRACES, request()))
        sender.close()

    assert answers == [
        Answer(arrived=True, problem="why", rejected=3),
        Answer(arrived=True, rejected=2),
        ARRIVED,
    ]


def test_an_idle_connection_may_be_closed_and_nothing_is_lost() -> None:
    with collecting() as collector:
        collector.reply = lambda _, number: Reply(200 if number != 2 else 0)
        sender = Sender(target_of(collector.url), {}, PATIENCE)
        answers = [sender.send(TRACES, request()) for _ in range(2)]
        sender.close()

    assert answers == [ARRIVED] * 2
    assert len(collector.paths) == 3


def test_one_that_closes_each_time_gave_no_answer() -> None:
    with collecting() as collector:
        collector.reply = lambda *_: Reply(0)
        answer = sent(collector.url, request())

    assert answer == Answer(
        arrived=False, again=True, problem="the connection was closed"
    )


def test_what_is_no_collector_gave_no_answer() -> None:
    def settings_of_http2(peer: socket.socket) -> None:
        peer.sendall(b"\0\0\0\4\0\0\0\0\0")  # as a server of gRPC greets
        peer.shutdown(socket.SHUT_WR)
        while peer.recv(1 << 16):  # closed before all is read, it would be reset
            pass

    with listening(settings_of_http2) as url:
        answer = sent(url, request())

    assert answer.again
    assert answer.problem.startswith("not an answer of HTTP")


def test_one_that_hangs_gave_no_answer_in_time() -> None:
    gone = threading.Event()

    def hang(_: socket.socket) -> None:
        gone.wait(PATIENCE)

    with listening(hang) as url:
        answer = sent(url, request(), timeout_s=0.05)
        gone.set()

    assert answer == Answer(arrived=False, again=True, problem="no answer in time")


@pytest.mark.parametrize(
    ("beginning", "drop"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"x"),
        (b"", b"HTTP/1.1 100 C\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", b"x"),
    ],
)
def test_one_that_drips_gave_no_answer_in_time(beginning: bytes, drop: bytes) -> None:
    gone = threading.Event()

    def drip(peer: socket.socket) -> None:
        with suppress(OSError):  # whoever asked has left
            peer.sendall(beginning)
            for _ in range(200):
                peer.sendall(drop)
                if gone.wait(0.01):
                    break

    with listening(drip) as url:
        answer = sent(url, request(), timeout_s=0.1)
        gone.set()

    assert answer == Answer(arrived=False, again=True, problem="no answer in time")


def test_nobody_there_is_no_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    answer = sent(f"http://127.0.0.1:{port}", request())

    assert (answer.again, answer.problem) == (True, "connection refused")


def test_a_certificate_that_nobody_knows_is_no_answer() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)

    def greet(peer: socket.socket) -> None:
        try:
            context.wrap_socket(peer, server_side=True)
        except (OSError, ssl.SSLError):
            return

    with listening(greet) as url:
        answer = sent(url.replace("http://", "https://"), request())

    assert answer.again
    assert "certificate verify failed" in answer.problem


def test_a_time_to_wait_is_seconds_or_a_date() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)

    assert seconds_in("120") == 120
    assert seconds_in("Thu, 01 Jan 2026 00:00:30 GMT", now) == 30
    assert seconds_in("Thu, 01 Jan 2026 00:00:30 -0000", now) == 30
    assert seconds_in("Wed, 31 Dec 2025 00:00:00 GMT", now) == 0
    assert [seconds_in(each) for each in ("", "soon", "-1", "1e9")] == [None] * 4
    assert seconds_in("Thu, 01 Jan 2026 00:00:30 +99999999999999", now) is None
