"""What is kept depends on what is open and awaited, not on how long it goes on."""

from __future__ import annotations

import gc
import sys
import tracemalloc
from subprocess import run
from typing import TYPE_CHECKING

import pytest

from inspector.calls import waiting
from inspector.figures import latency
from inspector.figures.connections import Connections
from inspector.limits import Limits
from inspector.pipeline import Options, Pipeline
from inspector.sources.files import read_capture
from inspector.tcp.connections import Connection
from tests.inspector.captures import ROOT
from tests.inspector.conversation import CLIENT, Wire, inspected

if TYPE_CHECKING:
    from pathlib import Path

GENERATOR = ROOT / "benchmarks" / "generate_capture.py"
_FEW = Limits(lingering=10)


@pytest.fixture
def small_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "inspector.pipeline.Connections", lambda: Connections(remembered=20)
    )
    monkeypatch.setattr(waiting, "_REMEMBERED", 100)
    monkeypatch.setattr(latency, "EXACT", 100)


def _peak(capture: Path, exchanges: int) -> int:
    """Return the most memory that inspecting so many exchanges takes, in bytes."""
    command = [sys.executable, str(GENERATOR), str(capture), str(exchanges), "3"]
    run(command, check=True, cwd=ROOT, env={"PYTHONPATH": str(ROOT)})
    inspection = Pipeline(Options(limits=_FEW))
    tracemalloc.start()
    try:
        for _ in inspection.inspect(read_capture(str(capture))):
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.usefixtures("small_memory")
def test_three_times_as_many_exchanges_take_no_more_memory(tmp_path: Path) -> None:
    short, long = (
        _peak(tmp_path / f"{count}.pcap", count) for count in (5_000, 15_000)
    )

    assert long < 1.1 * short


def _connections() -> int:
    gc.collect()
    return sum(isinstance(each, Connection) for each in gc.get_objects())


def _short_connections(count: int) -> Wire:
    wire = Wire()
    for number in range(count):
        call = wire.connect(client=f"10.0.{number // 250}.{number % 250}:40000")
        call.ask("sum", "1").ack(CLIENT)
        if number % 3:
            call.answer("1", 1)
        call.ack(CLIENT).close()
    return wire


@pytest.mark.usefixtures("small_memory")
def test_connections_that_are_over_are_forgotten() -> None:
    wire, before = _short_connections(90), _connections()
    inspection, most = Pipeline(Options(limits=_FEW)), 0
    for number, _ in enumerate(inspection.inspect(wire.records)):
        if number % 20 == 0:
            most = max(most, _connections() - before)

    assert most <= 20 + 5  # … and the one that is open
    assert inspection.report().connections == 90
    assert len(inspection.report().nest) == 20


@pytest.mark.usefixtures("small_memory")
def test_what_is_forgotten_is_in_the_report_all_the_same() -> None:
    wire = _short_connections(60)
    report = inspected(wire.records, limits=_FEW).report

    assert report.counts.packets == len(wire.records)
    assert report.counts.packets == (
        report.counts.data_packets + report.counts.pure_acks + report.counts.control
    )
    ends = report.ends["tcp"]
    assert len(list(ends.clients)) == 60
    assert list(ends.servers) == ["10.0.0.2:8888"]
    assert report.packet_records == len(wire.records)
