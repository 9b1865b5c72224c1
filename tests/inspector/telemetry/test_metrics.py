"""The metrics of a capture are the figures of its summary."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from inspector.calls.exchanges import Exchange, Kind, Outcome
from inspector.telemetry.conventions import is_wrong
from inspector.telemetry.instruments import Window
from inspector.telemetry.metrics import MAX_PAIRS, Metrics
from inspector.views.exported import MAX_ROUTES
from tests.inspector.captures import SHOWCASE
from tests.inspector.telemetry.collector import values_of
from tests.inspector.telemetry.found import (
    CHAIN,
    GRPC,
    NATS,
    exchanges_of,
    inspected,
)

if TYPE_CHECKING:
    from pathlib import Path

    from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric

OTHERS = "(other patterns)"


def metrics_of(metrics: Metrics) -> dict[str, Metric]:
    return {each.name: each for each in metrics.metrics(Window(1, 2))}


def numbers(metrics: Metrics, name: str) -> dict[tuple[Any, ...], int]:
    metric = metrics_of(metrics).get(name)
    points = [] if metric is None else metric.sum.data_points
    return {tuple(values_of(p.attributes).values()): p.as_int for p in points}


def durations(metrics: Metrics, name: str) -> dict[tuple[Any, ...], tuple[int, float]]:
    points = metrics_of(metrics)[name].exponential_histogram.data_points
    return {tuple(values_of(p.attributes).values()): (p.count, p.sum) for p in points}


@pytest.mark.parametrize("capture", [SHOWCASE, CHAIN, NATS, GRPC])
def test_every_figure_of_a_summary_is_there(capture: Path) -> None:
    pipeline, items = inspected(capture)
    metrics, exchanges = Metrics(), []
    for item in items:
        if isinstance(item, Exchange):
            metrics.add_exchange(item)
            exchanges.append(item)
        else:
            metrics.add_finding(item)
    report = pipeline.report()
    metrics.update(report, None, None)
    summary = report.summary()

    asked, sent = (numbers(metrics, f"protocol_inspect.{n}") for n in REQUESTS_EVENTS)
    assert sum(asked.values()) == summary.messages
    assert sum(sent.values()) == summary.events
    for outcome in ("no_handler", "unanswered", "incomplete"):
        found = sum(n for key, n in asked.items() if key[2] == outcome)
        assert found == getattr(summary, outcome) + in_flight(exchanges, outcome)
    assert sum(n for k, n in asked.items() if k[2] == "error") == summary.errors
    packets = numbers(metrics, "protocol_inspect.packets")
    assert packets["data",] == summary.data_packets
    assert packets["ack",] == summary.pure_acks
    assert packets["retransmission",] == summary.retransmissions
    ours = "protocol_inspect."
    assert numbers(metrics, f"{ours}captured_packets") == {(): summary.packet_records}
    assert numbers(metrics, f"{ours}connections") == {(): summary.connections}
    took = numbers(metrics, f"{ours}exchange_packets")
    assert sum(took.values()) == sum(each.packets for each in exchanges)
    assert sum(numbers(metrics, f"{ours}orphans").values()) == summary.orphans
    codes = Counter((f.code, f.severity) for f in items if not isinstance(f, Exchange))
    assert numbers(metrics, f"{ours}findings") == codes
    edges = numbers(metrics, "traces_service_graph_request_total")
    assert sum(edges.values()) == summary.messages + summary.events
    failed = numbers(metrics, "traces_service_graph_request_failed_total")
    assert sum(failed.values()) == sum(map(is_wrong, exchanges))


REQUESTS_EVENTS = ("requests", "events")


def in_flight(exchanges: list[Exchange], outcome: str) -> int:
    """Return how many the summary counts apart."""
    return sum(each.in_flight and each.outcome == outcome for each in exchanges)


def test_durations_are_those_of_the_exchanges() -> None:
    metrics, exchanges = Metrics(), exchanges_of(NATS)
    for each in exchanges:
        metrics.add_exchange(each)
    calls = [each for each in exchanges if each.kind is Kind.MESSAGE]
    answered = [each for each in calls if each.latency_ns is not None]

    latency = durations(metrics, "protocol_inspect.request.latency")
    for route in {each.route for each in answered}:
        of_route = [e.latency_ns or 0 for e in answered if e.route == route]
        count, seconds = latency["nats", route]
        assert count == len(of_route)
        assert seconds == pytest.approx(sum(of_route) / 1e9)
    whole = durations(metrics, "rpc.server.call.duration")
    total = sum(each.duration_ns or 0 for each in answered)
    assert sum(n for n, _ in whole.values()) == len(answered)
    assert sum(s for _, s in whole.values()) == pytest.approx(total / 1e9)
    assert ("nestjs", "fail", "masked") in whole
    graph = metrics_of(metrics)["traces_service_graph_request_server"].histogram
    assert sum(p.count for p in graph.data_points) == len(answered)
    assert sum(p.sum for p in graph.data_points) == pytest.approx(total / 1e9)


def test_events_are_messages_and_deliveries() -> None:
    metrics = Metrics()
    for each in exchanges_of(NATS):
        metrics.add_exchange(each)
    events = [each for each in exchanges_of(NATS) if each.kind is Kind.EVENT]

    sent = numbers(metrics, "messaging.client.sent.messages")
    had = numbers(metrics, "messaging.client.consumed.messages")
    assert sum(sent.values()) == len(events)
    assert sum(had.values()) == sum(e.passage.reached for e in events if e.passage)
    assert sent["nats", "nope", "send", "send", "undelivered"] == 1
    assert {key[2] for key in had} == {"receive"}


def test_routes_and_pairs_are_bounded() -> None:
    call = next(e for e in exchanges_of(SHOWCASE) if e.outcome is Outcome.COMPLETED)
    metrics = Metrics()
    for number in range(MAX_ROUTES + 50):
        metrics.add_exchange(replace(call, route=f"route-{number}"))
        metrics.add_waiting(replace(call, route=f"route-{number}"))

    asked = numbers(metrics, "protocol_inspect.requests")
    assert len(asked) == MAX_ROUTES + 1
    assert asked["tcp", OTHERS, "completed"] == 50
    assert numbers(metrics, "protocol_inspect.slow_requests")["tcp", OTHERS] == 50
    whole = durations(metrics, "rpc.server.call.duration")
    assert whole["nestjs", OTHERS][0] == 50

    few = Metrics(max_pairs=1)
    for each in exchanges_of(CHAIN):
        few.add_exchange(each)
    edges = numbers(few, "traces_service_graph_request_total")
    assert len(edges) == 3 < MAX_PAIRS  # over a broker, and not, the others
    assert {key[:2] for key in edges} == {
        ("127.0.0.1", "127.0.0.1:41195"),
        ("(others)", "(others)"),
    }


def test_levels_are_there_while_a_run_goes_on() -> None:
    metrics = Metrics()
    metrics.update(inspected(SHOWCASE)[0].report(), 3, 4)
    found = metrics_of(metrics)

    waiting = found["protocol_inspect.requests_in_flight"].gauge
    assert waiting.data_points[0].as_int == 3
    assert numbers(metrics, "protocol_inspect.dropped_packets") == {(): 4}
