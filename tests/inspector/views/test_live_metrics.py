"""What Prometheus reads of a run is what the lines of the same run say."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec
from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as open_metrics,
)
from prometheus_client.parser import text_string_to_metric_families

from inspector.calls.exchanges import Exchange, Kind, Outcome
from inspector.calls.statuses import MASKED
from inspector.pipeline import Pipeline
from inspector.sources.files import read_capture
from inspector.views.live_metrics import MeteredView, Metrics
from inspector.views.live_status import LiveStatus
from protocol import JsonText
from tests.inspector.captures import SHOWCASE
from tests.inspector.views.formats.written import opened

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from inspector.findings.finding import Finding

OTHERS = "(other patterns)"


def inspected(capture: Path) -> tuple[Pipeline, list[Exchange | Finding]]:
    pipeline = Pipeline()
    return pipeline, list(pipeline.inspect(read_capture(str(capture))))


def exchanges_of(capture: Path) -> list[Exchange]:
    return [each for each in inspected(capture)[1] if isinstance(each, Exchange)]


def samples(metrics: Metrics) -> dict[tuple[str, ...], float]:
    """Return the values by name and by the values of labels, in their order."""
    media_type, text = metrics.render("")
    assert media_type.startswith("text/plain; version=")
    found: dict[tuple[str, ...], float] = {}
    for family in text_string_to_metric_families(text.decode()):
        assert family.documentation.endswith(".")
        assert family.type in {"counter", "gauge", "histogram"}
        for sample in family.samples:
            name = sample.name.removeprefix("protocol_inspect_")
            assert name != sample.name
            found[name, *(sample.labels[key] for key in sorted(sample.labels))] = (
                sample.value
            )
    return found


def test_a_view_shows_what_it_did_and_everything_is_counted(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    pipeline, items = inspected(SHOWCASE)
    metrics = Metrics()
    view = MeteredView(opened("json")[0].live("lo", 1), metrics)
    exchanges = [each for each in items if isinstance(each, Exchange)]
    for item in items:
        view.show(item)
    view.show_waiting(exchanges[0], 1)
    status = LiveStatus(0, 0, 3, exchanges[:2], pipeline.report())
    assert view.tick(lambda: status)
    assert not view.notice("it is a format for programs")
    view.finish(status, pipeline.report(), [])
    view.close()
    found, summary = samples(metrics), pipeline.report().summary()

    shown = capfdbinary.readouterr().out.splitlines()
    assert len(shown) == len(items) + 3  # what waits, the capture, the summary

    asked = Counter(
        (each.carrier, str(each.outcome), each.route or "")
        for each in exchanges
        if each.kind == "message"
    )
    assert {key[1:]: n for key, n in found.items() if key[0] == "requests_total"} == (
        asked
    )
    assert found["request_latency_seconds_count", "tcp", "square"] == 200
    assert found["request_latency_seconds_bucket", "tcp", "0.01", "square"] == 90
    assert found["errors_total", "tcp", "masked"] == 1
    assert found["errors_total", "tcp", "no_handler"] == 1
    assert found["errors_total", "tcp", "other"] == 1
    assert found["slow_requests_total", "tcp", exchanges[0].route or ""] == 1
    assert found["findings_total", "nagle-stall", "warning"] == 1
    packets = sum(each.packets for each in exchanges)
    assert packets == sum(
        value for key, value in found.items() if key[0] == "exchange_packets_total"
    )
    assert found["packets_total", "data"] == summary.data_packets
    assert found["packets_total", "ack"] == summary.pure_acks
    assert found["captured_packets_total",] == summary.packet_records
    assert found["connections_total",] == summary.connections
    assert found["dropped_packets_total",] == 3
    assert found["requests_in_flight",] == 2
    assert not any(key[0].endswith("_created") for key in found)


def test_what_nobody_can_know_is_left_out() -> None:
    metrics = Metrics()
    metrics.update(LiveStatus(0, 0, None, []))

    assert set(samples(metrics)) == {("requests_in_flight",)}


def test_the_reader_chooses_between_prometheus_and_openmetrics() -> None:
    metrics = Metrics()
    for exchange in exchanges_of(SHOWCASE):
        metrics.add_exchange(exchange)
    media_type, text = metrics.render("application/openmetrics-text; version=1.0.0")

    assert media_type.startswith("application/openmetrics-text")
    assert list(open_metrics(text.decode()))  # type: ignore[no-untyped-call]


def test_routes_that_come_later_share_a_label() -> None:
    metrics = Metrics(max_routes=2)
    call = exchanges_of(SHOWCASE)[0]
    for number in range(50):
        metrics.add_exchange(msgspec.structs.replace(call, route=f"route{number}"))
    metrics.add_exchange(msgspec.structs.replace(call, route="route1"))
    found = samples(metrics)

    routes = {key[-1]: n for key, n in found.items() if key[0] == "requests_total"}
    assert routes == {"route0": 1, "route1": 2, OTHERS: 48}
    series = [key for key in found if key[0].startswith("request_latency_seconds_b")]
    assert len({key[-1] for key in series}) == 3


def test_a_route_of_any_characters_and_any_length_is_a_label() -> None:
    metrics = Metrics()
    call = exchanges_of(SHOWCASE)[0]
    hostile = ['a"b\\c\nd', "\ud800", "", "x" * 100_000, "{}", "# HELP x"]
    for route in hostile:
        metrics.add_exchange(msgspec.structs.replace(call, route=route))
    labels = {key[-1] for key in samples(metrics) if key[0] == "requests_total"}

    assert labels == {'a"b\\c\nd', "?", "", "x" * 200, "{}", "# HELP x"}


def test_failures_have_a_class_and_orphans_a_metric_of_their_own() -> None:
    metrics = Metrics()
    refused = next(each for each in exchanges_of(SHOWCASE) if each.route == "refuse")
    errors = {
        b'{"statusCode":404,"message":"x"}': "4xx",
        b'{"status":503}': "5xx",
        b'{"status":302}': "other",
        b'"text"': "other",
        bytes(MASKED): "masked",
    }
    for err in errors:
        replies = [msgspec.structs.replace(refused.replies[-1], err=JsonText(err))]
        metrics.add_exchange(msgspec.structs.replace(refused, replies=replies))
    for outcome in (Outcome.UNANSWERED, Outcome.UNDELIVERED):
        metrics.add_exchange(msgspec.structs.replace(refused, outcome=outcome))
    orphan = {"kind": Kind.ORPHAN, "route": None, "outcome": None}
    metrics.add_exchange(msgspec.structs.replace(refused, **orphan))
    found = samples(metrics)

    classes = Counter([*errors.values(), "unanswered", "undelivered"])
    assert classes == {key[-1]: n for key, n in found.items() if "errors" in key[0]}
    assert found["orphans_total", "tcp"] == 1
    assert found["requests_total", "tcp", "error", "refuse"] == len(errors)


def test_a_time_that_nobody_knows_is_not_measured() -> None:
    metrics = Metrics()
    call = exchanges_of(SHOWCASE)[0]
    metrics.add_exchange(msgspec.structs.replace(call, untimed=True))

    assert not any(key[0].startswith("request_latency") for key in samples(metrics))
