"""Packets of many groups reach the file of each, however few may be open."""

from __future__ import annotations

import os
import resource
from contextlib import closing
from io import FileIO
from typing import TYPE_CHECKING

import pytest

from inspector.fleet import parts as writing
from inspector.fleet.parts import MOST_OPEN, Parts
from inspector.fleet.placing import open_new
from inspector.sources.files import read_capture
from inspector.sources.records import ETHERNET, RAW_IP, PacketRecord

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_GROUPS = 3 * MOST_OPEN


@pytest.fixture
def few_files() -> Iterator[None]:
    """Permit fewer open files than there are groups."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (2 * MOST_OPEN, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("few_files")
@pytest.mark.parametrize("waiting", [1, 1 << 17, 1 << 24])
def test_each_packet_is_in_the_file_of_its_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, waiting: int
) -> None:
    monkeypatch.setattr(writing, "MOST_WAITING", waiting)
    paths = {n: tmp_path / f"group-{n}.pcapng" for n in range(_GROUPS)}
    for path in paths.values():
        os.close(open_new(path))
    with closing(Parts(paths)) as parts:
        for turn in range(3):
            for number in range(1, _GROUPS):
                link = ETHERNET if turn == 0 else RAW_IP
                data = f"{turn} {number}".encode()
                parts.write(number, PacketRecord(1, turn, link, data, len(data)))

    for number, path in paths.items():
        expected = [f"{turn} {number}".encode() for turn in range(3 * bool(number))]
        assert [each.data for each in read_capture(str(path))] == expected
        assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_is_opened_for_many_packets_and_not_for_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []

    def note(path: Path, mode: str) -> FileIO:
        opened.append(path)
        return FileIO(path, mode)

    monkeypatch.setattr(writing, "FileIO", note)
    paths = {n: tmp_path / f"{n}.pcapng" for n in range(_GROUPS)}
    with closing(Parts(paths)) as parts:
        for turn in range(20):
            for number in range(_GROUPS):
                parts.write(number, PacketRecord(1, turn, ETHERNET, b"data", 4))

    assert len(opened) == 2 * _GROUPS  # to be empty, and once more
    assert len(list(read_capture(str(paths[_GROUPS - 1])))) == 20
