from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from inspector.errors import UnwritableOutputError
from inspector.fleet.placing import open_new, placed, safe_name, write_whole

if TYPE_CHECKING:
    from pathlib import Path


def test_what_fails_leaves_what_was_there(tmp_path: Path) -> None:
    place = tmp_path / "a"
    write_whole(place, b"before")

    def fail() -> None:
        with placed(place) as part:
            part.write_bytes(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert place.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [place]


def test_a_full_disk_leaves_no_part(tmp_path: Path, full_disk: Path) -> None:
    with pytest.raises(UnwritableOutputError, match="no space left"):
        write_whole(full_disk / "state", bytes(1 << 20))
    assert list(full_disk.iterdir()) == []
    write_whole(tmp_path / "state", b"1")
    assert (tmp_path / "state").read_bytes() == b"1"


def test_what_is_private_is_so_from_the_beginning(tmp_path: Path) -> None:
    place = tmp_path / "part"
    place.touch(mode=0o644)
    os.close(open_new(place))

    assert place.stat().st_mode & 0o777 == 0o600


def test_names_of_sources_are_names_of_files() -> None:
    names = ["a/b", "a:b", "..", "a" * 300, "求和"]
    files = [safe_name(each) for each in names]

    assert len(set(files)) == len(names)
    assert all(len(each) < 60 and not {"/", ":"} & set(each) for each in files)
