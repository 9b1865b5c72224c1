from __future__ import annotations

from pathlib import Path

import pytest

from inspector.errors import UnwritableOutputError
from inspector.sources.files import read_capture
from inspector.sources.records import ETHERNET, PacketRecord
from inspector.sources.rotation import CaptureFiles, Rotation

_SECOND = 1_000_000_000


def test_without_rotation_there_is_one_file_of_that_name(tmp_path: Path) -> None:
    files = fill(tmp_path / "calls.pcapng", Rotation(), [packet(n) for n in range(9)])

    assert list(files.names) == [str(tmp_path / "calls.pcapng")]
    assert times(files) == [list(range(9))]


def test_a_full_file_is_followed_by_another(tmp_path: Path) -> None:
    packets = [packet(n, size=1_000) for n in range(10)]
    files = fill(tmp_path / "calls.pcapng", Rotation(size=4_000), packets)

    assert [Path(name).name for name in files.names] == [
        f"calls-0000{number}.pcapng" for number in (1, 2, 3, 4)
    ]
    assert times(files) == [[0, 1, 2], [3, 4, 5], [6, 7, 8], [9]]
    assert all(Path(name).stat().st_size <= 4_000 for name in files.names)


def test_a_packet_larger_than_a_file_gets_one_of_its_own(tmp_path: Path) -> None:
    packets = [packet(n, size=1_000) for n in range(3)]
    files = fill(tmp_path / "calls.pcapng", Rotation(size=10), packets)

    assert times(files) == [[0], [1], [2]]


def test_a_file_is_over_after_a_time_of_the_capture(tmp_path: Path) -> None:
    packets = [packet(n * _SECOND) for n in (0, 1, 4, 5, 6, 30)]
    rotation = Rotation(time_ns=5 * _SECOND)
    files = fill(tmp_path / "calls.pcapng", rotation, packets)

    seconds = [[time // _SECOND for time in each] for each in times(files)]
    assert seconds == [[0, 1, 4], [5, 6], [30]]


def test_the_oldest_files_are_deleted(tmp_path: Path) -> None:
    packets = [packet(n) for n in range(7)]
    files = fill(tmp_path / "calls.pcapng", Rotation(size=10, files=3), packets)

    assert times(files) == [[4], [5], [6]]
    assert sorted(map(str, tmp_path.iterdir())) == list(files.names)


def test_a_file_that_somebody_deleted_is_not_missed(tmp_path: Path) -> None:
    files = CaptureFiles(str(tmp_path / "calls.pcapng"), Rotation(size=10, files=1))
    for number in range(3):
        files.write(packet(number))
        for name in files.names:
            Path(name).unlink()
    files.close()

    assert len(files.names) == 1


def test_a_file_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    name = str(tmp_path / "missing" / "calls.pcapng")
    with pytest.raises(UnwritableOutputError, match="cannot write: no such file") as it:
        CaptureFiles(name)

    assert it.value.exit_code == 5


def packet(time_ns: int, size: int = 60) -> PacketRecord:
    return PacketRecord(1, time_ns, ETHERNET, bytes(size), size)


def fill(path: Path, rotation: Rotation, packets: list[PacketRecord]) -> CaptureFiles:
    files = CaptureFiles(str(path), rotation)
    for each in packets:
        files.write(each)
    files.close()
    return files


def times(files: CaptureFiles) -> list[list[int]]:
    return [[record.time_ns for record in read_capture(name)] for name in files.names]
