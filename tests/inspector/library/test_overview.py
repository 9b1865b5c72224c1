from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import pytest

from inspector import Pattern, inspect
from protocol import loads
from tests.inspector.captures import CAPTURES, SEED, SHOWCASE, name_of
from tests.inspector.command import run
from tests.inspector.conversation import MILLISECOND, Wire

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("capture", CAPTURES, ids=name_of)
def test_the_report_of_a_capture_says_what_its_json_line_says(capture: Path) -> None:
    summary = loads(run(capture, "--json").out.splitlines()[-1])

    report = inspect(capture).report
    assert report.to_dict() == summary
    assert {name for name in summary if not hasattr(report, name)} == {"type"}


def test_the_figures_of_a_report_are_attributes() -> None:
    report = inspect(SEED).report

    assert (report.packet_records, report.connections) == (86, 1)
    assert (report.messages, report.events, report.completed) == (5, 5, 5)
    assert report.packets_per_message == {2: 5}
    assert report.carriers["tcp"].packets_per_event == {1: 5}
    assert report.first_ns is not None
    assert report.last_ns - report.first_ns == pytest.approx(1.2e9, rel=0.01)


def test_a_route_has_what_happened_under_it() -> None:
    patterns = inspect(SEED).report.patterns

    assert list(patterns) == ["log", "sum"]
    assert (patterns["log"].messages, patterns["log"].events) == (0, 5)
    assert patterns["log"].p99_ms is None
    total = patterns["sum"]
    assert (total.route, total.count, total.bytes) == ("sum", 5, 645)
    assert total.p50_ms == pytest.approx(0.724, abs=0.001)
    assert total.p99_ms == total.max_ms == pytest.approx(1.23, abs=0.01)


def test_messages_and_events_under_one_route_are_one_pattern() -> None:
    pattern = inspect(SHOWCASE).report.patterns["unknown"]

    assert (pattern.messages, pattern.events, pattern.count) == (1, 1, 2)
    assert (pattern.errors, pattern.unanswered) == (1, 0)


def _answered(*waits: int) -> Pattern:
    wire = Wire()
    call = wire.connect()
    for number, wait in enumerate(waits):
        call.ask("a", f"{number}")
        wire.wait((wait - 1) * MILLISECOND // 10)
        call.answer(f"{number}", 1)
    return inspect(wire.records).report.patterns["a"]


def test_a_quantile_is_a_latency_that_was_measured() -> None:
    pattern = _answered(10, 20, 30, 40)

    assert pattern.quantile_ms(0.25) == 1
    assert pattern.quantile_ms(0.26) == 2
    assert pattern.quantile_ms(1) == 4


@pytest.mark.parametrize("fraction", [0, -1, 1.01, float("nan")])
def test_a_fraction_that_is_none_is_refused(fraction: float) -> None:
    with pytest.raises(ValueError, match="a fraction is above 0 and up to 1, not "):
        _answered(10).quantile_ms(fraction)


def test_a_report_can_be_pickled() -> None:
    report = inspect(SHOWCASE).report
    twin = pickle.loads(pickle.dumps(report))  # noqa: S301

    assert twin == report
    assert twin.patterns["square"].p99_ms == report.patterns["square"].p99_ms


def test_a_report_cannot_be_changed() -> None:
    report = inspect(SEED).report

    with pytest.raises(AttributeError):
        report.errors = 1  # type: ignore[misc]
    with pytest.raises(AttributeError):
        report.patterns["sum"].errors = 1  # type: ignore[misc]


def test_reports_and_patterns_are_equal_when_they_say_the_same() -> None:
    one, other = _answered(10, 20), _answered(20, 10)

    assert one == other
    assert hash(one) == hash(other)
    for different in (_answered(10, 10, 20), _answered(10, 21), _answered(11, 20)):
        assert one != different
    assert one != one.route
    assert inspect(SEED).report == inspect(SEED).report != inspect(SHOWCASE).report


def test_a_report_does_not_change_after_it_was_made() -> None:
    seen = inspect(SHOWCASE)
    before = seen.report.to_dict()
    assert seen.exchanges

    assert seen.report.to_dict() == before


def test_what_holds_no_call_has_a_report_too() -> None:
    wire = Wire()
    wire.add(b"no TCP")
    report = inspect(wire.records).report

    assert (report.messages, report.connections, report.patterns) == (0, 0, {})
    assert report.packet_records == 1
    assert report.first_ns == report.last_ns == wire.records[0].time_ns


def test_reports_and_patterns_read_as_a_line() -> None:
    report = inspect(SEED).report

    assert repr(report) == (
        "<Report: 5 messages and 5 events on 1 connection, 0 not completed, 86 packets>"
    )
    assert repr(report.patterns["sum"]) == (
        "<Pattern sum: 5 exchanges, p50 724 µs, p99 1.23 ms>"
    )
    assert repr(report.patterns["log"]) == "<Pattern log: 5 exchanges>"
