from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks.generate_fleet import generate
from inspector.errors import InspectorError, UnwritableOutputError
from inspector.fleet.checkpoints import Checkpoint
from inspector.fleet.following import SPLIT, STOP, Following
from inspector.fleet.rereading import read_again
from inspector.fleet.sources import Source, find_sources
from inspector.fleet.stores import Folder
from inspector.fleet.tasks import Work, files_of, inspect_source
from inspector.library.inspection import inspect
from inspector.pipeline import Options
from tests.inspector.captures import SEED, SHOWCASE
from tests.inspector.fleets import SMALL, calls, ran

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def _split(work: Work, source: Source) -> None:
    list(read_again(work, source, SPLIT))


def test_files_are_read_in_the_order_of_their_times(tmp_path: Path) -> None:
    generate(tmp_path / "fleet", SMALL)
    host = tmp_path / "fleet" / "host-1"
    (host / "eth0.pcap0").rename(host / "eth0.pcap9")  # as a ring that began anew
    source, *_ = find_sources([str(tmp_path / "fleet")])
    known = files_of(source).known

    assert [each.name[-1] for each in known] == ["9", "1", "2"]


def test_what_cannot_be_read_is_told_and_the_rest_reported(tmp_path: Path) -> None:
    truth = generate(tmp_path / "fleet", SMALL)
    folder = tmp_path / "fleet" / "host-1"
    whole = (folder / "eth0.pcap2").read_bytes()
    (folder / "eth0.pcap2").write_bytes(whole[:-3])
    (folder / "eth0.pcap3").write_bytes(b"no capture")
    lacking = Source("lacking", ("/no/such.pcap",))
    sources = [*find_sources([str(tmp_path / "fleet")]), lacking]
    outcome = ran(tmp_path / "work", sources)
    by_name = {each.name: each for each in outcome.report.sources}

    assert outcome.damaged
    assert by_name["lacking"].problems == ["/no/such.pcap: no such file"]
    first, second = by_name["host-1"].problems
    assert "not a capture" in first
    assert "truncated in packet" in second
    assert "the report covers 1 to" in second
    assert calls(outcome.report).total() == sum(truth.calls.values())


def test_a_source_that_is_to_stop_gives_what_was_read(tmp_path: Path) -> None:
    source = Source("a", (str(SEED), str(SHOWCASE)))
    work = Work(Options(), "", str(tmp_path))
    whole = inspect_source(work, source)
    (tmp_path / STOP).touch()
    stopped = inspect_source(work, source)

    assert not whole.figures.stopped
    assert stopped.figures.stopped
    assert stopped.figures.files_read == 0
    assert whole.figures.records == sum(
        inspect(each).report.packet_records for each in (SEED, SHOWCASE)
    )


def test_more_files_of_a_ring_are_read_from_the_state_on(tmp_path: Path) -> None:
    work = Work(Options(), "", str(tmp_path), keep=True)
    inspect_source(work, Source("a", (str(SEED),)))
    both = Source("a", (str(SEED), str(SHOWCASE)))
    grown, whole = (
        inspect_source(work, both),
        inspect_source(Work(Options(), "", str(tmp_path)), both),
    )

    assert grown == whole
    with pytest.raises(InspectorError, match="is stale"):
        inspect_source(work, Source("a", (str(SHOWCASE),)))


def test_a_run_that_goes_on_tells_what_cannot_be_read_now(tmp_path: Path) -> None:
    bad = tmp_path / "bad.pcap"
    bad.write_bytes(b"no capture")
    work = Work(Options(), "", str(tmp_path), keep=True)
    inspect_source(work, Source("a", (str(SEED),)))
    both = Source("a", (str(SEED), str(bad)))
    (tmp_path / "other").mkdir()
    fresh = inspect_source(Work(Options(), "", str(tmp_path / "other")), both)

    for _ in range(2):
        resumed = inspect_source(work, both)
        assert resumed == fresh
        assert resumed.damaged
        assert len(resumed.figures.problems) == 1


def test_progress_that_cannot_be_written_ends_nothing(tmp_path: Path) -> None:
    source, work = Source("a", (str(SEED),)), Work(Options(), "", str(tmp_path))
    whole = inspect_source(work, source)
    lacking = Work(Options(), "", str(tmp_path / "lacking"))

    assert inspect_source(lacking, source) == whole


@pytest.mark.parametrize("step", [inspect_source, _split])
def test_what_is_no_fault_of_a_capture_ends_the_task(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: Callable[..., object]
) -> None:
    def fail(*_: object) -> None:
        raise UnwritableOutputError("a", "cannot write")

    monkeypatch.setattr(Following, "_note", fail)
    with pytest.raises(UnwritableOutputError):
        step(Work(Options(), "", str(tmp_path)), Source("a", (str(SEED),)))


def test_a_state_that_is_something_else_is_no_report(tmp_path: Path) -> None:
    generate(tmp_path / "fleet", SMALL)
    (source, *_) = find_sources([str(tmp_path / "fleet")])
    known = files_of(source).known
    kept = Checkpoint(Folder(str(tmp_path)), source.name, "asked")
    work = Work(Options(), "asked", str(tmp_path), keep=True)
    others: list[object] = [None, 3, (None, None, None), ([], [], None)]
    for state in others:
        kept.save(state, known)
        with pytest.raises(InspectorError, match="is damaged"):
            inspect_source(work, source)
