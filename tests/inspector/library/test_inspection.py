from __future__ import annotations

import gc
import io
import os
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from inspector import (
    AlreadyReadError,
    DamagedCaptureError,
    Exchange,
    Finding,
    Inspection,
    UnreadableCaptureError,
    inspect,
)
from protocol import loads
from tests.inspector.captures import CAPTURES, ROOT, SEED, SHOWCASE, name_of, pcap_bytes
from tests.inspector.command import run
from tests.inspector.conversation import Wire

CHAINS = ROOT / "captures" / "chains" / "rooms-rabbitmq.pcap"

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def cut(tmp_path: Path) -> Path:
    """Give a capture that ends inside its last packet."""
    path = tmp_path / "cut.pcap"
    path.write_bytes(SEED.read_bytes()[:-7])
    return path


def _open_files() -> int:
    gc.collect()
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208


@pytest.mark.parametrize("capture", CAPTURES, ids=name_of)
def test_items_come_as_the_command_prints_them(capture: Path) -> None:
    lines = list(map(loads, run(capture, "--json").out.splitlines()))
    seen = inspect(capture)

    assert [item.to_dict() for item in seen.items()] == lines[:-1]
    assert seen.report.to_dict() == lines[-1]


@pytest.mark.parametrize("where", ["outcome == 'error'", "number > 3", "false"])
def test_what_is_chosen_is_what_the_command_chooses(where: str) -> None:
    outcome = run(SHOWCASE, "--json", "--where", where)
    lines = list(map(loads, outcome.out.splitlines()))
    seen = inspect(SHOWCASE, where=where)

    assert [item.to_dict() for item in seen.items()] == lines[:-1]
    assert seen.report.to_dict() == lines[-1]


def test_exchanges_come_in_the_order_of_their_requests() -> None:
    wire = Wire()
    wire.connect().ask("a", "1").ask("b", "2").answer("2", 2).answer("1", 1)
    seen = inspect(wire.records)

    assert [each.route for each in seen] == ["a", "b"]
    assert [each.route for each in seen.exchanges] == ["a", "b"]


def test_a_second_iteration_reads_again(tmp_path: Path) -> None:
    capture = tmp_path / "growing.pcap"
    capture.write_bytes(SEED.read_bytes())
    seen = inspect(capture)
    first = list(seen)
    assert list(seen) == first

    capture.write_bytes(SHOWCASE.read_bytes())
    assert len(list(seen)) == 211


def test_two_iterations_at_a_time_do_not_disturb_each_other() -> None:
    seen = inspect(SEED)

    assert [one.number for one, other in zip(seen, seen, strict=True)] == [
        *range(1, 11)
    ]


@pytest.mark.parametrize("kind", ["file", "iterator"])
def test_what_can_be_read_once_says_so_the_second_time(kind: str) -> None:
    wire = Wire()
    wire.connect().ask("a", "1").answer("1", 1)
    file, iterator = io.BytesIO(pcap_bytes(wire.records)), iter(wire.records)
    seen = inspect(file) if kind == "file" else inspect(iterator)

    assert len(list(seen)) == 1
    assert seen.report.messages == 1
    with pytest.raises(AlreadyReadError, match="can be read only once, and was"):
        iter(seen)
    with pytest.raises(AlreadyReadError):
        _ = seen.findings


def test_of_a_pipe_all_that_is_wanted_is_known_after_one_pass(tmp_path: Path) -> None:
    os.mkfifo(pipe := tmp_path / "pipe")
    writer = Thread(target=pipe.write_bytes, args=[SEED.read_bytes()])
    writer.start()
    seen = inspect(pipe)
    exchanges = seen.exchanges
    writer.join(60)

    assert len(exchanges) == 10
    assert len(seen.findings) == 4
    with pytest.raises(AlreadyReadError, match="pipe: can be read only once"):
        iter(seen)


def test_an_early_end_leaves_no_file_open() -> None:
    before = _open_files()
    for call in inspect(SEED):
        assert call.number == 1
        break
    for _ in inspect([SEED, SHOWCASE]):
        break

    assert _open_files() == before


def test_leaving_the_context_ends_what_goes_on() -> None:
    before = _open_files()
    with inspect(SHOWCASE) as seen:
        calls = iter(seen)
        items = seen.items()
        next(calls)
        next(items)
        assert _open_files() == before + 2

    assert _open_files() == before
    assert list(calls) == []
    assert len(seen.exchanges) == 211


def test_a_file_that_the_caller_opened_stays_open() -> None:
    with SEED.open("rb") as file:
        with inspect(file) as seen:
            next(iter(seen))
        assert not file.closed


def test_an_error_in_a_function_that_chooses_leaves_no_file_open() -> None:
    before = _open_files()
    seen = inspect(SEED, where=lambda call: call.data[99])

    with pytest.raises((IndexError, TypeError, KeyError)):
        _ = seen.report
    with pytest.raises((IndexError, TypeError, KeyError)):
        list(seen)
    assert _open_files() == before


def _read_into(read: list[Exchange], seen: Inspection) -> None:
    for call in seen:
        read.append(call)  # noqa: PERF402 — one by one, as a caller sees them


def test_a_damaged_capture_yields_what_it_has_and_then_raises(cut: Path) -> None:
    read: list[Exchange] = []
    with pytest.raises(DamagedCaptureError, match="truncated in packet 86"):
        _read_into(read, inspect(cut))

    assert read == inspect(SEED).exchanges


@pytest.mark.parametrize("name", ["exchanges", "findings", "report"])
def test_the_properties_of_a_damaged_capture_raise_each_time(
    cut: Path, name: str
) -> None:
    seen = inspect(cut)

    for _ in range(2):
        with pytest.raises(DamagedCaptureError, match="truncated in packet 86"):
            getattr(seen, name)
    assert [type(each) for each in seen.problems] == [DamagedCaptureError]


def test_what_could_be_read_is_in_the_partial_inspection(cut: Path) -> None:
    seen = inspect(cut)
    partial = seen.partial

    assert partial.report.packet_records == 85
    assert len(partial.findings) == 4
    assert len(partial.exchanges) == len(list(partial)) == 10
    assert partial.problems == seen.problems
    assert partial.partial.report is partial.report


def test_of_an_open_file_what_could_be_read_is_there_after_the_error(
    cut: Path,
) -> None:
    with cut.open("rb") as file:
        seen = inspect(file)
        with pytest.raises(DamagedCaptureError):
            _ = seen.report

        assert seen.partial.report.packet_records == 85
        assert len(seen.partial.findings) == 4


def test_what_is_no_capture_is_so_for_a_partial_inspection_too(tmp_path: Path) -> None:
    seen = inspect(tmp_path / "no.pcap").partial

    with pytest.raises(UnreadableCaptureError, match="no such file"):
        list(seen)
    with pytest.raises(UnreadableCaptureError):
        _ = seen.report
    assert [str(each) for each in seen.problems] == [
        f"{tmp_path / 'no.pcap'}: no such file"
    ]


def test_of_several_captures_those_that_can_be_read_are(
    tmp_path: Path, cut: Path
) -> None:
    seen = inspect([SHOWCASE, tmp_path / "no.pcap", cut])
    read: list[Exchange] = []
    with pytest.raises(UnreadableCaptureError, match="no such file") as caught:
        _read_into(read, seen)

    assert len(read) == 221
    assert "truncated" in caught.value.__notes__[0]
    assert len(seen.problems) == 2


def test_an_error_raised_twice_has_one_traceback(cut: Path) -> None:
    seen, depths = inspect(cut), []
    for _ in range(3):
        with pytest.raises(DamagedCaptureError) as caught:
            _ = seen.report
        depths.append(len(caught.traceback))

    assert len(set(depths)) == 1


def test_a_capture_without_packets_and_one_without_nest(tmp_path: Path) -> None:
    (tmp_path / "empty.pcap").write_bytes(pcap_bytes([]))
    wire = Wire()
    wire.connect().close()
    for source in (tmp_path / "empty.pcap", wire.records):
        seen = inspect(source)
        assert (list(seen), seen.exchanges, seen.findings) == ([], [], [])
        assert seen.report.connections == 0
        assert seen.report.patterns == {}
    assert inspect(tmp_path / "empty.pcap").report.first_ns is None


def test_an_inspection_reads_as_what_it_is_of(tmp_path: Path) -> None:
    seen = inspect(SEED)
    assert repr(seen) == f"<Inspection of {SEED}: not read yet>"
    assert seen.findings
    assert repr(seen) == f"<Inspection of {SEED}: {seen.report}>"
    assert repr(inspect(tmp_path / "no")).endswith("no: not read yet>")


def test_exchanges_and_findings_can_be_told_apart() -> None:
    items = list(inspect(SEED).items())

    assert sum(isinstance(item, Exchange) for item in items) == 10
    assert sum(isinstance(item, Finding) for item in items) == 4


def test_each_thread_may_have_its_own_iteration() -> None:
    seen: Inspection = inspect(SHOWCASE)
    counted: list[int] = []
    threads = [
        Thread(target=lambda: counted.append(sum(1 for _ in seen))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert counted == [211, 211, 211]


def test_children_are_what_was_made_for_the_sake_of_an_exchange() -> None:
    seen = inspect(CHAINS)
    caused = {each.number: seen.children(each) for each in seen.exchanges}

    assert [each.route for each in seen.children(11)] == ["count", *["rcount"] * 3]
    assert {n: [c.number for c in found] for n, found in caused.items() if found} == {
        1: [2, 3], 4: [5, 6], 7: [8], 9: [10], 11: [12, 13, 14, 15], 16: [17],
    }  # fmt: skip
    assert all(c.parent == n for n, found in caused.items() for c in found)
    seen.children(11).clear()  # which is a list of the caller's own
    assert len(seen.children(11)) == 4
    assert seen.children(999) == []
