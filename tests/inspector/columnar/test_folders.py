from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.columnar.folders import Folder, files_in, key_of, source_of

if TYPE_CHECKING:
    from pathlib import Path

_TIME_NS = 1_795_000_000_000_000_000  # 2026-11-18 11:06:40 UTC


def _complete(folder: Folder, first_ns: int = _TIME_NS) -> Path:
    written, name = folder.begin(first_ns)
    written.write_bytes(b"rows")
    folder.complete(written, name)
    return name


def test_a_name_has_the_time_the_number_and_the_key(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "a" / "calls", "12345678")
    first, second = _complete(folder), _complete(folder)

    assert first.name == "exchanges-20261118T110640Z-00001-12345678.parquet"
    assert second.name == "exchanges-20261118T110640Z-00002-12345678.parquet"
    assert folder.files == files_in(tmp_path / "a" / "calls") == [first, second]


def test_what_is_not_complete_is_no_file_of_it(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    written, name = folder.begin(_TIME_NS)
    written.write_bytes(b"half")

    assert written.name.startswith(".")
    assert not written.name.endswith(".parquet")
    assert (files_in(tmp_path), name.exists()) == ([], False)


def test_files_join_those_that_are_there(tmp_path: Path) -> None:
    assert Folder(tmp_path).hourly is None
    first = Folder(tmp_path)
    first.hourly = True
    name = _complete(first)

    assert name.parent.name == "hour=2026-11-18T11"
    assert Folder(tmp_path).hourly is True
    other = tmp_path / "flat"
    _complete(Folder(other))
    assert Folder(other).hourly is False


def test_a_run_replaces_its_own_files_and_no_others(tmp_path: Path) -> None:
    before, other = Folder(tmp_path, "11111111"), Folder(tmp_path, "22222222")
    kept = _complete(other)
    _complete(before)
    _complete(before, _TIME_NS + 1_000_000_000)

    again = Folder(tmp_path, "11111111")
    name = _complete(again)
    again.sweep()
    assert files_in(tmp_path) == sorted([name, kept])
    live = Folder(tmp_path)
    newest = _complete(live)
    live.sweep()
    assert files_in(tmp_path) == sorted([name, kept, newest])


def test_the_key_is_that_of_the_captures(tmp_path: Path) -> None:
    one, other = str(tmp_path / "a.pcap"), str(tmp_path / "b.pcap")

    assert key_of([one]) == key_of([one]) != key_of([other])
    assert key_of([one, other]) not in {key_of([one]), key_of([other])}
    assert key_of(["-"]) is None
    assert key_of([]) is None


def test_captures_are_called_by_their_names() -> None:
    assert source_of(["a/b.pcap"]) == "b.pcap"
    assert source_of(["-"]) == "stdin"
    assert source_of(["1", "2", "3", "4"]) == "1, 2, 3, …"
