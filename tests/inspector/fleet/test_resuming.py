from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.generate_capture import generate
from inspector.filters.selection import compile_selection
from inspector.fleet.resuming import ResumablePipeline
from inspector.library.inspection import inspect
from inspector.pipeline import Options
from inspector.sources.files import read_capture
from inspector.sources.reading import Reading
from inspector.sources.scanning import scan
from tests.inspector.captures import ROOT, SHOWCASE

if TYPE_CHECKING:
    from pathlib import Path


def test_it_finds_what_any_inspection_finds() -> None:
    pipeline = ResumablePipeline(Options())
    reading = Reading()
    reading.scan, reading.words = scan, pipeline.words
    pipeline.read(read_capture(str(SHOWCASE), reading))
    report, seen = pipeline.finish(), inspect(SHOWCASE)

    assert report.outcomes.total() == seen.report.messages
    assert pipeline.records == seen.report.packet_records
    found = {(each.code, row.count) for each, row in pipeline.found.rows.items()}
    assert ("nagle-stall", 1) in found
    codes = {each.code for each in seen.findings}
    assert {code for code, _ in found} <= codes


def test_it_counts_plain_calls_of_streams_in_one_step() -> None:
    pipeline = ResumablePipeline(Options())

    assert pipeline._express.unary is not None  # noqa: SLF001


def test_numbers_of_records_go_on_from_file_to_file() -> None:
    pipeline = ResumablePipeline(Options())
    for _ in range(2):
        reading = Reading()
        reading.records_before = pipeline.records
        pipeline.read(read_capture(str(SHOWCASE), reading))

    report = pipeline.finish()
    assert report.packet_records == 2 * inspect(SHOWCASE).report.packet_records


def test_chains_are_sought_unless_somebody_else_does() -> None:
    capture = str(ROOT / "captures" / "chains" / "chain-nest12.pcap")
    found = []
    for chains in (True, False):
        pipeline = ResumablePipeline(Options(), chains=chains)
        pipeline.read(read_capture(capture))
        found.append(bool(pipeline.finish().chains.rows))

    assert found == [True, False]


def test_those_that_are_plain_are_looked_at_if_some_are_asked_for(
    tmp_path: Path,
) -> None:
    generate(tmp_path / "a.pcap", 600, 4)
    where = compile_selection("number <= 400 and number > 300")
    counted = []
    for options in (Options(), Options(where=where)):
        pipeline, reading = ResumablePipeline(options), Reading()
        reading.scan, reading.words = scan, pipeline.words
        pipeline.read(read_capture(str(tmp_path / "a.pcap"), reading))
        counted.append(sum(row.count for row in pipeline.finish().patterns.values()))

    assert counted == [600, 100]
