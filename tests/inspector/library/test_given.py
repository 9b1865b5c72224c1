from __future__ import annotations

import io
import lzma
import os
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from inspector.errors import DamagedCaptureError, InspectorError, UnreadableCaptureError
from inspector.library.given import Captures, given
from inspector.sources.files import STDIN, read_capture
from inspector.sources.reading import Reading
from inspector.sources.records import PacketRecord
from tests.inspector.captures import SEED, pcap_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def _record(number: int, time_ns: int = 0) -> PacketRecord:
    return PacketRecord(number, time_ns, 1, b"x", 1)


def _read(source: Any) -> tuple[list[PacketRecord], list[InspectorError]]:  # noqa: ANN401
    problems: list[InspectorError] = []
    return list(given(source).records(problems, Reading())), problems


SEED_RECORDS = list(read_capture(str(SEED)))


@pytest.mark.parametrize("source", [SEED, str(SEED), [SEED], (str(SEED),), {SEED}])
def test_a_path_is_read_as_often_as_asked(source: object) -> None:
    capture = given(source)  # type: ignore[arg-type]

    assert capture.name == str(SEED)
    for _ in range(2):
        assert capture.again
        assert list(capture.records([], Reading())) == SEED_RECORDS


def test_several_paths_are_read_in_time_order_and_numbered_through(
    tmp_path: Path,
) -> None:
    for name, times in (("b", (10, 30)), ("a", (20,))):
        records = [_record(1, time) for time in times]
        (tmp_path / name).write_bytes(pcap_bytes(records))
    records, problems = _read([tmp_path / "a", str(tmp_path / "b")])

    assert [(each.number, each.time_ns) for each in records] == [
        (1, 10),
        (2, 20),
        (3, 30),
    ]
    assert problems == []


def test_paths_may_come_from_an_iterator(tmp_path: Path) -> None:
    (tmp_path / "a.pcap").write_bytes(SEED.read_bytes())
    captures = given(path for path in tmp_path.glob("*.pcap"))
    first = list(captures.records([], Reading()))

    assert first == SEED_RECORDS
    assert captures.again
    assert captures.name == str(tmp_path / "a.pcap")
    assert list(captures.records([], Reading())) == first


def test_an_open_file_is_read_from_where_it_stands_and_left_open() -> None:
    file = io.BytesIO(b"before" + SEED.read_bytes())
    file.seek(6)
    capture = given(file)

    assert (capture.name, capture.again) == ("the open file", False)
    assert list(capture.records([], Reading())) == SEED_RECORDS
    assert not file.closed


def test_an_open_file_has_its_name() -> None:
    with SEED.open("rb") as file:
        assert given(file).name == str(SEED)
    with os.fdopen(os.open(SEED, os.O_RDONLY), "rb") as numbered:
        assert given(numbered).name == "the open file"


def test_records_are_read_as_often_as_they_can_be_iterated_over() -> None:
    records = [_record(1), _record(2)]

    assert given(records).again
    assert not given(iter(records)).again
    assert _read(records) == _read(iter(records)) == (records, [])


@pytest.mark.parametrize("nothing", [[], (), iter([]), {}])
def test_of_nothing_no_packet_can_be_read(nothing: object) -> None:
    records, problems = _read(nothing)

    assert records == []
    assert [str(each) for each in problems] == [
        "the records: none; what was given is empty"
    ]
    assert isinstance(problems[0], UnreadableCaptureError)


def test_a_pipe_is_read_once(tmp_path: Path) -> None:
    os.mkfifo(pipe := tmp_path / "pipe")

    assert not given(pipe).again
    assert not given([SEED, pipe]).again
    assert not Captures([STDIN]).again


def test_a_file_that_is_missing_may_come_yet(tmp_path: Path) -> None:
    missing = given(tmp_path / "later.pcap")
    assert missing.again
    problems: list[InspectorError] = []
    assert list(missing.records(problems, Reading())) == []
    assert "no such file" in str(problems[0])


def test_a_dash_is_the_name_of_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "-").write_bytes(SEED.read_bytes())
    monkeypatch.chdir(tmp_path)

    assert _read("-") == (SEED_RECORDS, [])


def _failing(records: list[PacketRecord]) -> Iterator[PacketRecord]:
    yield from records
    raise DamagedCaptureError("x", "truncated")


def test_what_keeps_the_rest_back_is_a_problem() -> None:
    damaged = io.BytesIO(SEED.read_bytes()[:-3])
    records, problems = _read(damaged)
    assert records == SEED_RECORDS[:-1]
    assert [type(each) for each in problems] == [DamagedCaptureError]

    records, problems = _read(_failing(SEED_RECORDS))
    assert records == SEED_RECORDS
    assert [str(each) for each in problems] == ["x: truncated"]


def test_what_python_decompresses_may_be_cut_off_too() -> None:
    packed = lzma.compress(SEED.read_bytes())
    with lzma.open(io.BytesIO(packed)) as whole:
        assert _read(whole) == (SEED_RECORDS, [])

    with lzma.open(io.BytesIO(packed[:-400])) as cut:
        records, problems = _read(cut)
    assert records == SEED_RECORDS[: len(records)]
    assert "compressed file ended before the end-of-stream marker" in str(problems[0])


def test_where_the_reading_is_stopped_nothing_is_a_problem() -> None:
    reading, problems = Reading(), list[InspectorError]()
    records = given(io.BytesIO(SEED.read_bytes()[:-3])).records(problems, reading)
    next(records)
    reading.stop()
    list(records)

    assert problems == []


class _Directory(os.PathLike[str]):
    def __fspath__(self) -> str:
        return os.fspath(SEED)


def test_what_has_a_path_is_one() -> None:
    assert _read(_Directory())[0] == SEED_RECORDS


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (None, "a capture is a path, several, an open binary file, or an iterable of"),
        (7, "not int"),
        (SEED.read_bytes()[:8], "bytes is not a capture; wrap it: io.BytesIO"),
        (bytearray(8), "bytearray is not a capture"),
        (io.StringIO("x"), r'read as bytes: open it with open\(path, "rb"\)'),
        ([7], "not ints"),
        ([None, SEED], "not NoneTypes"),
        ([SEED, 7], "a path is a str or a PathLike, not int"),
        ({1: SEED}, "not ints"),
        (range(3), "not ints"),
        ([b"a.pcap"], "not bytess"),
    ],
)
def test_what_is_no_capture_is_refused_at_once(source: Any, why: str) -> None:  # noqa: ANN401
    with pytest.raises(TypeError, match=why):
        given(source)


@pytest.mark.parametrize(
    ("items", "why"),
    [
        ([7], "a record is a PacketRecord, not int"),
        ([_record(1), "a.pcap"], "a record is a PacketRecord, not str"),
        ([replace(_record(1), data=bytearray())], "data of a record is bytes, not by"),
        ([replace(_record(1), time_ns=1.5)], "time_ns of a record is int, not float"),
        ([SEED, _record(1)], "a path is a str or a PathLike, not PacketRecord"),
    ],
)
def test_what_an_iterator_should_not_yield_is_refused_when_it_comes(
    items: list[Any], why: str
) -> None:
    capture = given(iter(items))

    with pytest.raises(TypeError, match=why):
        list(capture.records([], Reading()))


def test_a_text_file_and_a_closed_file_are_refused() -> None:
    with SEED.open(encoding="latin-1") as text, pytest.raises(TypeError, match="rb"):
        given(text)
    with SEED.open("rb") as file:
        pass
    with pytest.raises(ValueError, match="closed"):
        given(file)
