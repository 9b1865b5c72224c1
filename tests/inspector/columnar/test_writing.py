"""Files are complete or not there, and hold every exchange once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from inspector.columnar import arrays, row_files
from inspector.columnar.folders import files_in
from inspector.columnar.row_files import RowRotation
from inspector.columnar.writing import ParquetFiles
from tests.inspector.captures import SHOWCASE
from tests.inspector.columnar.seen import seen
from tests.inspector.conversation import Wire

if TYPE_CHECKING:
    from pathlib import Path

    from inspector.calls.exchanges import Exchange

_MINUTE_NS = 60_000_000_000


@pytest.fixture(scope="module")
def exchanges() -> list[Exchange]:
    return seen(str(SHOWCASE))


def _numbers(folder: Path) -> list[int]:
    tables = [pq.ParquetFile(each).read() for each in files_in(folder)]
    return sorted(number for table in tables for number in table["number"].to_pylist())


def _write(exchanges: list[Exchange], files: ParquetFiles) -> None:
    with files:
        for each in exchanges:
            files.add(each)


def test_a_small_run_is_one_file_and_the_next_replaces_it(
    exchanges: list[Exchange], tmp_path: Path
) -> None:
    for _ in range(2):
        files = ParquetFiles(tmp_path, "showcase", key="12345678")
        _write(exchanges, files)
        (file,) = files_in(tmp_path)

        assert files.files == [file]
        assert files.rows == len(exchanges)
        assert _numbers(tmp_path) == [each.number for each in exchanges]


def test_what_is_watched_is_complete_after_its_time(
    exchanges: list[Exchange], tmp_path: Path
) -> None:
    files = ParquetFiles(tmp_path, "lo", rotation=RowRotation(time_ns=_MINUTE_NS))
    files.tick(0)
    files.add(exchanges[0])
    files.tick(5)
    assert files_in(tmp_path) == []
    files.tick(5 + _MINUTE_NS)
    assert _numbers(tmp_path) == [exchanges[0].number]
    files.tick(5 + 9 * _MINUTE_NS)  # without rows there is no file
    files.add(exchanges[1])
    files.tick(5 + 10 * _MINUTE_NS)
    files.abandon()

    assert _numbers(tmp_path) == [exchanges[0].number]
    assert len(list(tmp_path.iterdir())) == 1


def test_large_payloads_do_not_wait_for_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire = Wire()
    talk = wire.connect()
    for index in range(5):
        talk.ask("put", str(index), "x" * 1000).answer(str(index), 1)
    monkeypatch.setattr(arrays, "_BATCH_BYTES", 900)
    monkeypatch.setattr(row_files, "_GROUP_BYTES", 2500)
    files = ParquetFiles(tmp_path, "x", payloads=True)
    _write(seen(wire.records), files)
    (file,) = files.files

    assert pq.ParquetFile(file).metadata.num_row_groups > 1
    assert _numbers(tmp_path) == [1, 2, 3, 4, 5]


def test_a_disk_without_room_is_an_error(
    exchanges: list[Exchange], full_disk: Path
) -> None:
    (full_disk / "filler").write_bytes(bytes(250_000))
    files = ParquetFiles(full_disk / "calls", "x", payloads=True)

    with pytest.raises(OSError, match="No space"):
        _write(exchanges * 20, files)
    assert files_in(full_disk) == []
