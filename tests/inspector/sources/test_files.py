from __future__ import annotations

import gzip
import io
import os
import resource
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import zstandard

from inspector.errors import DamagedCaptureError, InspectorError, UnreadableCaptureError
from inspector.sources.files import (
    STDIN,
    is_read_once,
    read_capture,
    read_captures,
    size_of,
)
from inspector.sources.records import PacketRecord
from tests.inspector.captures import SEED, pcap_bytes, pcapng_bytes

if TYPE_CHECKING:
    from collections.abc import Callable


COMPRESSIONS = [gzip.compress, zstandard.ZstdCompressor().compress]


def _records(*times: int) -> list[PacketRecord]:
    return [
        PacketRecord(number, time, 1, b"%d" % time, len(b"%d" % time))
        for number, time in enumerate(times, start=1)
    ]


def _why(name: str) -> str:
    with pytest.raises(UnreadableCaptureError) as caught:
        list(read_capture(name))
    assert caught.value.exit_code == 3
    return str(caught.value)


def test_the_format_is_told_by_the_first_bytes_and_not_by_the_name(
    tmp_path: Path,
) -> None:
    records = _records(10, 20)
    (tmp_path / "a.txt").write_bytes(pcap_bytes(records))
    (tmp_path / "b.pcap").write_bytes(pcapng_bytes(records))

    assert list(read_capture(str(tmp_path / "a.txt"))) == records
    assert list(read_capture(str(tmp_path / "b.pcap"))) == records


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty; tcpdump buffers, unless it runs with -U"),
        (
            b'{"a":1}',
            (
                "JSON, no capture; protocol-call replay and protocol-serve --from "
                "read what exchanges --json and fixture write"
            ),
        ),
        (b"\x1f\x8b\x08\x00", "its gzip data is truncated"),
        (gzip.compress(b"words", mtime=0), "not a capture: it begins with 'w'"),
        (b"\n\n\n\n", "not a capture: it begins with 0a 0a 0a 0a"),
        (b"\x04\x22\x4d\x18", "compressed with lz4; lz4 -dc FILE | protocol-inspect -"),
        (
            b"snoop\0\0\0",
            "a capture of snoop; editcap -F pcapng FILE OTHER.pcapng converts it",
        ),
        (
            b"GMBU",
            (
                "a capture of Network Monitor; editcap -F pcapng FILE OTHER.pcapng "
                "converts it"
            ),
        ),
        (b"\xd4\xc3", "not a capture: it begins with d4 c3"),
    ],
)
def test_what_is_no_capture_is_refused_with_its_reason(
    content: bytes, reason: str, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)

    assert _why(str(file)) == f"{file}: {reason}"


@pytest.mark.parametrize(
    ("name", "reason"),
    [("x" * 5_000, "file name too long"), ("a\0b", "embedded null byte")],
)
def test_a_name_that_no_file_can_have_is_refused(name: str, reason: str) -> None:
    problems: list[InspectorError] = []
    assert list(read_captures([name, str(SEED), name], problems))

    assert [str(each) for each in problems] == [f"{name}: {reason}"] * 2
    assert size_of([name]) is None
    assert not is_read_once(name)


def test_stdin_pipes_and_devices_are_read_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    for name in (STDIN, str(tmp_path / "pipe"), "/dev/null"):
        assert is_read_once(name)
    for name in (str(SEED), str(tmp_path), str(tmp_path / "missing")):
        assert not is_read_once(name)


def test_a_missing_file_and_a_directory_are_refused(tmp_path: Path) -> None:
    missing = str(tmp_path / "nope.pcap")

    assert _why(missing) == f"{missing}: no such file"
    assert _why(str(tmp_path)) == f"{tmp_path}: a directory; try {tmp_path}/*.pcap"


@pytest.mark.parametrize(
    "error", [PermissionError(13, "Permission denied"), OSError(5, None)]
)
def test_a_file_that_cannot_be_opened_is_refused(
    error: OSError, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Root may read everything, so the refusal of the kernel is put in its place.
    def refuse(*_: object) -> None:
        raise error

    monkeypatch.setattr(Path, "open", refuse)

    assert _why("secret.pcap").startswith("secret.pcap: ")
    if error.errno == 13:
        assert _why("secret.pcap") == "secret.pcap: permission denied"


def test_a_name_below_a_file_is_refused() -> None:
    assert "not a directory" in _why(f"{SEED}/below")


def test_a_file_that_cannot_be_read_is_refused_with_the_reason() -> None:
    assert _why("/proc/self/mem") == "/proc/self/mem: input/output error"


@pytest.mark.parametrize("write", [pcap_bytes, pcapng_bytes], ids=["pcap", "pcapng"])
@pytest.mark.parametrize("compress", COMPRESSIONS)
def test_a_compressed_capture_is_read_as_if_it_were_not(
    write: Callable[[list[PacketRecord]], bytes],
    compress: Callable[[bytes], bytes],
    tmp_path: Path,
) -> None:
    records = _records(10, 20, 30)
    (tmp_path / "a.pcap").write_bytes(compress(write(records)))

    assert list(read_capture(str(tmp_path / "a.pcap"))) == records


@pytest.mark.parametrize("write", [pcap_bytes, pcapng_bytes], ids=["pcap", "pcapng"])
@pytest.mark.parametrize("compress", COMPRESSIONS)
def test_a_compressed_capture_that_is_cut_says_how_far_it_could_be_read(
    write: Callable[[list[PacketRecord]], bytes],
    compress: Callable[[bytes], bytes],
    tmp_path: Path,
) -> None:
    # What cannot be compressed shows where a cut file could be read up to.
    records = [
        PacketRecord(number, number, 1, os.urandom(1500), 1500)
        for number in range(1, 1001)
    ]
    whole = compress(write(records))
    file = tmp_path / "cut.pcap"
    file.write_bytes(whole[: len(whole) // 2])
    problems: list[InspectorError] = []
    read = list(read_captures([str(file)], problems))

    assert 0 < len(read) < len(records)
    assert read == records[: len(read)]
    (problem,) = problems
    assert isinstance(problem, DamagedCaptureError)
    assert " data is truncated in packet " in str(problem)
    assert str(problem).endswith(f"; the report covers 1 to {len(read):,}")


def test_a_dash_is_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    piped = io.TextIOWrapper(io.BytesIO(pcap_bytes(_records(1, 2))))
    monkeypatch.setattr(sys, "stdin", piped)

    assert [record.time_ns for record in read_capture(STDIN)] == [1, 2]


def test_several_captures_are_one_in_time_order(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_bytes(pcap_bytes(_records(10, 40)))
    second.write_bytes(pcapng_bytes(_records(20, 30, 50)))
    problems: list[InspectorError] = []

    merged = list(read_captures([str(second), str(first)], problems))

    assert [(each.number, each.time_ns) for each in merged] == [
        (1, 10), (2, 20), (3, 30), (4, 40), (5, 50),
    ]  # fmt: skip
    assert problems == []


def test_captures_that_overlap_are_in_time_order_whatever_their_own_order_is(
    tmp_path: Path,
) -> None:
    times = [(10, 20, 30, 70), (15, 25), (), (30, 31), (80, 90), (5, 100)]
    for place, each in enumerate(times):
        (tmp_path / str(place)).write_bytes(pcap_bytes(_records(*each)))
    names = [str(tmp_path / str(place)) for place in range(len(times))]
    merged = list(read_captures(names, []))

    assert [each.time_ns for each in merged] == sorted(
        time for each in times for time in each
    )
    assert [each.number for each in merged] == list(range(1, len(merged) + 1))


def test_however_many_files_follow_each_other_few_are_open(tmp_path: Path) -> None:
    for place in range(300):
        records = _records(place * 10, place * 10 + 5)
        (tmp_path / f"{place:03}").write_bytes(pcap_bytes(records))
    names = [str(name) for name in sorted(tmp_path.iterdir())]
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (100, hard))
    try:
        problems: list[InspectorError] = []
        merged = list(read_captures(names, problems))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    assert problems == []
    assert [each.time_ns for each in merged] == list(range(0, 3000, 5))


def test_what_can_be_read_is_read_in_spite_of_problems(tmp_path: Path) -> None:
    good, cut = tmp_path / "good", tmp_path / "cut"
    good.write_bytes(pcap_bytes(_records(10, 30)))
    cut.write_bytes(pcap_bytes(_records(20, 40))[:-1])
    missing = tmp_path / "missing"
    problems: list[InspectorError] = []

    names = [str(cut), str(missing), str(good)]
    merged = list(read_captures(names, problems))

    assert [each.time_ns for each in merged] == [10, 20, 30]
    assert {type(problem) for problem in problems} == {
        DamagedCaptureError,
        UnreadableCaptureError,
    }
