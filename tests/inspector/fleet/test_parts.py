"""Packets of many groups reach the file of each, however few may be open."""

from __future__ import annotations

import resource
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from inspector.fleet.parts import MOST_OPEN, Parts
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
def test_each_packet_is_in_the_file_of_its_group(tmp_path: Path) -> None:
    paths = {n: tmp_path / f"group-{n}" / "a.pcapng" for n in range(_GROUPS)}
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
