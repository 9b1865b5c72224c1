"""A view shows what it did, and a collector learns of the same."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange, Kind
from inspector.pipeline import Pipeline
from inspector.sources.files import read_capture
from inspector.telemetry.observing import TelemetryView
from inspector.views.live_status import LiveStatus
from tests.inspector.captures import SHOWCASE
from tests.inspector.telemetry.collector import collecting
from tests.inspector.telemetry.test_collecting import telemetry_to
from tests.inspector.views.formats.written import opened
from tests.inspector.woven_fleet import System

if TYPE_CHECKING:
    import pytest


def test_a_run_is_shown_and_sent(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    pipeline = Pipeline()
    items = list(pipeline.inspect(read_capture(str(SHOWCASE))))
    exchanges = [each for each in items if isinstance(each, Exchange)]
    now = [0.0]
    with collecting() as collector:
        telemetry = telemetry_to(collector, {})
        shown = opened("json")[0].live("lo", 1)
        said: list[str] = []
        view = TelemetryView(shown, telemetry, said.append, 10, lambda: now[0])
        for item in items:
            view.show(item)
        view.show_waiting(exchanges[0], 1)
        report = pipeline.report()
        status = LiveStatus(report.last_ns, 5, 3, exchanges[:2], report)
        assert view.tick(lambda: status)
        now[0] = 1.0  # the first state comes after a second, others each ten
        assert view.tick(lambda: status)
        collector.until(lambda: collector.states == 1)
        now[0] = 10.0
        assert view.tick(lambda: status)
        assert not view.notice("it is a format for programs")
        view.finish(status, report, [])
        view.close()
        assert telemetry.close() == ""

    assert said == []
    assert collector.states == 2
    assert len(capfdbinary.readouterr().out.splitlines()) == len(items) + 3
    asked = Counter(
        (each.carrier, each.route, str(each.outcome))
        for each in exchanges
        if each.kind is Kind.MESSAGE
    )
    assert collector.numbers("protocol_inspect.requests") == asked
    assert collector.numbers("protocol_inspect.requests_in_flight") == {(): 2}
    assert collector.numbers("protocol_inspect.dropped_packets") == {(): 3}
    assert sum(collector.numbers("protocol_inspect.findings").values()) == (
        len(items) - len(exchanges)
    )
    points = collector.metrics["protocol_inspect.requests"].sum.data_points
    assert points[0].start_time_unix_nano == report.first_ns
    assert points[0].time_unix_nano == report.last_ns


def test_a_fault_is_said_once_and_the_run_goes_on(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    items = list(Pipeline().inspect(read_capture(str(SHOWCASE))))[:5]
    with collecting() as collector:
        telemetry = telemetry_to(collector, {})
        said: list[str] = []
        shown = opened("json")[0].live("lo", 1)
        view = TelemetryView(shown, telemetry, said.append, 10)
        telemetry.metrics = None  # type: ignore[assignment]
        for item in items:
            view.show(item)
        view.tick(lambda: LiveStatus(1, 1, None, []))
        telemetry.close()

    assert len(capfdbinary.readouterr().out.splitlines()) == 5
    assert len(said) == 1
    assert said[0].startswith("otlp: a fault: AttributeError")


def test_spans_of_a_run_have_the_parents_that_are_known_in_time(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    system = System(orders=12)
    with collecting() as collector:
        telemetry = telemetry_to(collector, {}, live=True)
        view = TelemetryView(
            opened("json")[0].live("eth0", 1), telemetry, list[str]().append, 10
        )
        pipeline = Pipeline()
        for item in pipeline.inspect(system.records):
            view.show(item)
        status = LiveStatus(pipeline.report().last_ns, 0, 0, [], None)
        assert view.tick(lambda: status)
        view.close()
        assert telemetry.close() == ""

    capfdbinary.readouterr()
    spans = [each.span for each in collector.spans]
    names = {span.span_id: span.name for span in spans}
    found = Counter((span.name, names.get(span.parent_span_id)) for span in spans)
    assert found["status", None] == 12
    for name, parent in (("pay", "order"), ("charge", "pay"), ("user", "order")):
        # While the first orders go on, nobody knows yet that anybody asks on.
        assert found[name, parent] >= 8
        assert found[name, parent] + found[name, None] == 12
