"""Of pieces the rows that count become files, all at once or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from inspector.columnar import arrays, row_files
from inspector.columnar.folders import files_in, others_in
from inspector.columnar.pieces import Piece, PieceWriter, gather
from inspector.columnar.writing import ParquetFiles
from inspector.streams.clocks import Clock
from tests.inspector.captures import SHOWCASE
from tests.inspector.columnar.seen import seen

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from inspector.calls.exchanges import Exchange

_KEY = "12345678"


@pytest.fixture(scope="module")
def exchanges() -> list[Exchange]:
    return seen(str(SHOWCASE))


def _written(path: Path, exchanges: list[Exchange], *, payloads: bool = False) -> Path:
    writer = PieceWriter(path, "showcase", payloads=payloads, hides=True)
    for each in exchanges:
        writer.add(each, "even" if each.number % 2 == 0 else "odd")
    writer.close()
    return path


def _piece(
    path: Path,
    counts: Callable[[str], bool] = lambda _: True,
    clock: Clock | None = None,
) -> Piece:
    return Piece(path, counts, clock, lambda _: None)


def _table(folder: Path) -> pa.Table:
    (file,) = files_in(folder)
    return pq.ParquetFile(file).read()


@pytest.mark.parametrize("payloads", [False, True])
def test_all_rows_are_those_that_exchanges_are_written_as(
    exchanges: list[Exchange],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    payloads: bool,  # noqa: FBT001
) -> None:
    monkeypatch.setattr(arrays, "_BATCH", 10)
    with ParquetFiles(tmp_path / "a", "showcase", payloads=payloads) as files:
        for each in exchanges:
            files.add(each)
    piece = _written(tmp_path / "p", exchanges, payloads=payloads)
    found = gather([_piece(piece)], str(tmp_path / "b"), _KEY, payloads=payloads)

    assert found == (len(exchanges), 1)
    assert _table(tmp_path / "b").equals(_table(tmp_path / "a"))


def test_rows_count_by_their_marks_and_are_named_and_by_one_clock(
    exchanges: list[Exchange], tmp_path: Path
) -> None:
    piece = _written(tmp_path / "p", exchanges)
    clock = Clock("a", offset_ns=1_000, drift=0.5, at_ns=exchanges[0].time_ns)
    some = _piece(piece, lambda mark: mark == "even", clock)._replace(
        name=lambda end: f"host {end[-1]}"
    )
    none = _piece(piece, lambda _: False)
    gather([none, some], str(tmp_path / "b"), _KEY, payloads=False)
    table = _table(tmp_path / "b")

    even = [each for each in exchanges if each.number % 2 == 0]
    assert table["number"].to_pylist() == [each.number for each in even]
    times = table["time"].cast(pa.int64()).to_pylist()
    assert times == [clock.leading_ns(each.time_ns) for each in even]
    for end in ("client", "server"):
        expected = [f"host {each[-1]}" for each in table[end].to_pylist()]
        assert table[f"{end}_name"].to_pylist() == expected


def test_no_file_has_its_name_before_all_are_written(
    exchanges: list[Exchange], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_files, "_GROUP", 40)
    piece, folder = _written(tmp_path / "p", exchanges), tmp_path / "b"
    gather([_piece(piece)], str(folder), _KEY, payloads=False)
    before = {each: each.read_bytes() for each in files_in(folder)}
    (tmp_path / "q").write_bytes((tmp_path / "p").read_bytes()[:-900])
    with pytest.raises((OSError, pa.ArrowException)):
        gather(
            [_piece(piece), _piece(tmp_path / "q")], str(folder), _KEY, payloads=False
        )

    assert {each: each.read_bytes() for each in files_in(folder)} == before
    assert len(list(folder.iterdir())) == len(before)
    assert not others_in(folder, _KEY)
    assert others_in(folder, "other")
    gather([], str(folder), _KEY, payloads=False)
    assert _table(folder).num_rows == 0
