from __future__ import annotations

import pytest

from inspector.figures.latency import Latencies
from inspector.fleet.counting import (
    durations_of,
    is_loopback,
    latencies_of,
    scope_of_row,
    view_of,
)
from inspector.fleet.resuming import ResumablePipeline
from inspector.fleet.scopes import OTHERS, Scope
from inspector.pipeline import Options
from inspector.sources.files import read_capture
from tests.inspector.captures import ROOT, SEED


@pytest.mark.parametrize("count", [0, 3, 1000, 1001, 5000])
def test_durations_are_written_down_and_restored(count: int) -> None:
    latencies = Latencies()
    for number in range(count):
        latencies.add(number * 7_919 % 100_003)
    written = durations_of(latencies)
    restored = latencies_of(written)

    assert durations_of(restored) == written
    assert restored.count == count
    for fraction in (0.5, 0.99, 1):
        assert restored.quantile(fraction) == latencies.quantile(fraction)


def test_durations_that_were_added_in_parts_are_written_the_same() -> None:
    whole, parts = Latencies(), [Latencies() for _ in range(3)]
    for number in range(2_000):
        whole.add(number * 7_919)
        parts[number % 3].add(number * 7_919)
    together = Latencies()
    for part in reversed(parts):
        together.merge(latencies_of(durations_of(part)))

    assert durations_of(together) == durations_of(whole)


def test_a_host_on_loopback_is_its_source() -> None:
    for name, ends in (
        (SEED, {"api"}),
        (ROOT / "captures" / "nats" / "nats-queue-nest12.pcap", {"api:44729", ""}),
    ):
        pipeline = ResumablePipeline(Options())
        pipeline.read(read_capture(str(name)))
        view = view_of(pipeline, pipeline.finish(), ("api",))

        assert {
            end for each in view.scopes for end in (each.first, each.second)
        } == ends
        assert all(row.client.startswith("api") for row in view.rows)
        assert not any("127.0.0.1" in row.service for row in view.rows)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("[::1]", True), ("10.0.0.1", False)],
)
def test_loopback_is_known_by_its_address(host: str, *, loopback: bool) -> None:
    assert is_loopback(host) == loopback
    assert not is_loopback("workers")


def test_a_row_over_a_broker_is_of_the_broker() -> None:
    assert scope_of_row("tcp", "b", "a:1") == Scope("a", "b")
    assert scope_of_row("nats", "b:2", "a:1") == Scope("a:1")
    assert scope_of_row("tcp", "(others)", "(others)") == OTHERS
