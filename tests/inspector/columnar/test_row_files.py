"""Files are complete or not there, hour by hour where those have many rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from inspector.columnar import arrays, row_files
from inspector.columnar.folders import HOUR_NS, files_in
from inspector.columnar.row_files import RowRotation
from inspector.columnar.writing import ParquetFiles
from tests.inspector.captures import SHOWCASE
from tests.inspector.columnar.seen import seen

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from inspector.calls.exchanges import Exchange


@pytest.fixture(scope="module")
def exchanges() -> list[Exchange]:
    return seen(str(SHOWCASE))


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a row group have few rows, so that few exchanges show what many do."""
    monkeypatch.setattr(arrays, "_BATCH", 10)
    monkeypatch.setattr(row_files, "_GROUP", 40)
    monkeypatch.setattr(row_files, "_LARGE_HOUR", 10)


def _numbers(folder: Path) -> list[int]:
    tables = [pq.ParquetFile(each).read() for each in files_in(folder)]
    return sorted(number for table in tables for number in table["number"].to_pylist())


def _write(exchanges: list[Exchange], files: ParquetFiles) -> None:
    with files:
        for each in exchanges:
            files.add(each)


def test_a_file_has_so_many_rows_at_most(
    exchanges: list[Exchange], tmp_path: Path, small: None
) -> None:
    del small
    rotation = RowRotation(rows=80)
    files = ParquetFiles(tmp_path, "x", rotation=rotation)
    _write(exchanges, files)

    rows = [pq.ParquetFile(each).metadata.num_rows for each in files.files]
    assert max(rows) <= 80
    assert sum(rows) == len(exchanges)
    assert _numbers(tmp_path) == [each.number for each in exchanges]


def test_hours_with_many_rows_have_folders_and_late_rows_find_theirs(
    exchanges: list[Exchange], tmp_path: Path, small: None
) -> None:
    del small
    times = [each.time_ns for each in exchanges]
    try:
        for index, each in enumerate(exchanges):
            each.time_ns = times[0] + (index // 20 - 3 * (index % 7 == 6)) * HOUR_NS
        _write(exchanges, ParquetFiles(tmp_path, "x"))
    finally:
        for each, time_ns in zip(exchanges, times, strict=True):
            each.time_ns = time_ns

    assert not list(tmp_path.glob("*.parquet"))
    assert _numbers(tmp_path) == [each.number for each in exchanges]
    for file in files_in(tmp_path):
        found = {each.strftime("hour=%Y-%m-%dT%H") for each in _times(file)}
        assert found == {file.parent.name}


def _times(file: Path) -> list[datetime]:
    times: list[datetime] = pq.ParquetFile(file).read()["time"].to_pylist()
    return times


def test_hours_with_few_rows_share_a_file(
    exchanges: list[Exchange], tmp_path: Path, small: None
) -> None:
    del small
    times = [each.time_ns for each in exchanges]
    for index, each in enumerate(exchanges):
        each.time_ns = times[0] + index // 2 * HOUR_NS
    try:
        _write(exchanges, ParquetFiles(tmp_path, "x"))
    finally:
        for each, time_ns in zip(exchanges, times, strict=True):
            each.time_ns = time_ns

    assert len(list(tmp_path.glob("*.parquet"))) == 1


def test_an_error_leaves_what_is_complete_and_nothing_half(
    exchanges: list[Exchange], tmp_path: Path, small: None
) -> None:
    del small
    files = ParquetFiles(tmp_path, "x", rotation=RowRotation(rows=40))

    def fail() -> None:
        with files:
            for each in exchanges[:70]:
                files.add(each)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()

    assert _numbers(tmp_path) == [each.number for each in exchanges[:40]]
    assert len(list(tmp_path.iterdir())) == 1


def test_without_exchanges_there_is_a_file_with_the_columns(tmp_path: Path) -> None:
    _write([], ParquetFiles(tmp_path, "x"))
    (file,) = files_in(tmp_path)

    assert pq.ParquetFile(file).metadata.num_rows == 0
    assert "latency_ns" in pq.ParquetFile(file).schema_arrow.names
