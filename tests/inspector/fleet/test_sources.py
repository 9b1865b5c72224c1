from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.errors import InspectorError, UnreadableCaptureError
from inspector.fleet.sources import find_sources, natural

if TYPE_CHECKING:
    from pathlib import Path


def _touch(folder: Path, *names: str) -> None:
    for name in names:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()


def test_a_file_names_sources_with_files_beside_it(tmp_path: Path) -> None:
    _touch(tmp_path, "a/eth0.pcap10", "a/eth0.pcap9", "b.pcap")
    file = tmp_path / "sources.toml"
    file.write_text(
        '[[source]]\nname = "b"\nfiles = ["b.pcap"]\n'
        '[[source]]\nname = "a"\nfiles = "a/eth0.pcap*"\n'
        'addresses = ["10.0.0.1", "10.1.2.3/24"]\n'
    )
    first, second = find_sources([str(file)])

    assert first.name == "a"
    assert first.files == tuple(str(tmp_path / "a" / f"eth0.pcap{n}") for n in (9, 10))
    assert first.addresses == ("10.0.0.1", "10.1.2.0/24")
    assert (second.name, second.files) == ("b", (str(tmp_path / "b.pcap"),))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "there is no source"),
        ("x", "not TOML"),
        ("more = 1\n[[source]]\nname='a'\nfiles='b'", "no key 'more'"),
        ("[[source]]\nfiles = 'b'", "source 1: it has no name"),
        ("[[source]]\nname = 'a'", "it has no files"),
        (f"[[source]]\nname = '{'a' * 254}'\nfiles = 'b'", "is longer than 253"),
        ("[[source]]\nname = 'a'\nfiles = 3", "it has no files"),
        ("[[source]]\nname = 'a'\nfiles = 'b'\nfile = 'c'", "no key 'file'"),
        ("[[source]]\nname='a'\nfiles='b'\naddresses='10.0.0.300'", "10.0.0.300"),
        ("[[source]]\nname='a'\nfiles='b'\naddresses=[1]", "no list of texts"),
        ("[[source]]\nname='a'\nfiles='b'\n" * 2, "two sources have this name"),
    ],
)
def test_a_mistake_is_told(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "sources.toml"
    file.write_text(text)

    with pytest.raises(InspectorError, match=words.replace(".", r"\.")):
        find_sources([str(file)])


def test_a_pattern_that_matches_nothing_is_a_file_that_is_missed(
    tmp_path: Path,
) -> None:
    file = tmp_path / "fleet.toml"
    file.write_text('[[source]]\nname = "a"\nfiles = "no*.pcap"\n')
    (source,) = find_sources([str(file)])

    assert source.files == (str(tmp_path / "no*.pcap"),)


def test_a_folder_has_a_source_in_each_folder(tmp_path: Path) -> None:
    _touch(tmp_path, "api-2/x.pcap", "api-10/x.pcapng.gz", "notes/readme.md", "z.txt")

    assert [each.name for each in find_sources([str(tmp_path)])] == ["api-2", "api-10"]


def test_captures_of_one_folder_are_told_apart_by_name(tmp_path: Path) -> None:
    _touch(
        tmp_path,
        "api-eth0.pcap0",
        "api-eth0.pcap1",
        "db_00001_20261130020000.pcapng",
        "db_00002_20261130021000.pcapng",
        "web-20261130-0200.pcap",
        "7.pcap",
    )
    found = {each.name: len(each.files) for each in find_sources([str(tmp_path)])}

    assert found == {"api-eth0": 2, "db": 2, "web": 1, "7": 1}


def test_captures_of_several_folders_are_told_apart_by_these(tmp_path: Path) -> None:
    _touch(tmp_path, "a/eth0.pcap", "b/eth0.pcap", "b/eth0.pcap1")
    found = find_sources([f"{tmp_path}/*/eth0.pcap*"])

    assert {each.name: len(each.files) for each in found} == {"a": 1, "b": 2}


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UnreadableCaptureError, match="no such folder"):
        find_sources([f"{tmp_path}/nowhere/"])


def test_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UnreadableCaptureError, match="no captures"):
        find_sources([str(tmp_path)])


def test_numbers_in_names_count_as_numbers() -> None:
    names = ["a10", "a9b2", "a9b10", "a", "10", "9"]

    assert sorted(names, key=natural) == ["a", "a9b2", "a9b10", "a10", "9", "10"]
