from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import pytest

from inspector.errors import InspectorError
from inspector.fleet.checkpoints import Checkpoint, asked_text
from inspector.fleet.placing import safe_name
from inspector.fleet.storage import Identity
from inspector.fleet.stores import Folder
from inspector.fleet.tasks import _is_state

if TYPE_CHECKING:
    from pathlib import Path

_FILES = [Identity(f"eth0.pcap{n}", n, "", f"{n}") for n in range(3)]


def _path(folder: Path) -> Path:
    return folder / f"{safe_name('a')}.state"


def test_a_state_is_found_again_with_the_files_that_are_in_it(tmp_path: Path) -> None:
    kept = Checkpoint(Folder(str(tmp_path)), "a", "asked")

    assert kept.load(_FILES) == (None, 0)
    assert kept.save({"a": 1}, _FILES[:1])
    assert kept.save({"a": 2}, _FILES[:2])
    assert kept.load(_FILES) == ({"a": 2}, 2)
    assert [each.name for each in tmp_path.iterdir()] == [f"{safe_name('a')}.state"]


def test_what_cannot_be_kept_leaves_the_state_before(tmp_path: Path) -> None:
    kept = Checkpoint(Folder(str(tmp_path)), "a", "asked")
    kept.save("before", _FILES[:1])

    assert not kept.save(zlib.decompressobj(), _FILES[:2])
    assert kept.load(_FILES) == ("before", 1)


def test_a_state_of_something_else_is_refused_with_one_line(tmp_path: Path) -> None:
    Checkpoint(Folder(str(tmp_path)), "a", "asked").save("state", _FILES[:2])
    other = Checkpoint(Folder(str(tmp_path)), "a", "asked something else")
    same = Checkpoint(Folder(str(tmp_path)), "a", "asked")

    with pytest.raises(InspectorError, match="the state of a is of other options"):
        other.load(_FILES)
    for files in ([_FILES[0], _FILES[2]], _FILES[:1]):
        with pytest.raises(InspectorError, match=r"is stale: eth0\.pcap1 has changed"):
            same.check(files)
    with pytest.raises(InspectorError, match=f"--checkpoint {tmp_path}: .* folder"):
        same.load([])


def test_a_damaged_state_is_refused(tmp_path: Path) -> None:
    kept = Checkpoint(Folder(str(tmp_path)), "a", "asked")
    kept.save(["state"], _FILES[:1])
    whole = _path(tmp_path).read_bytes()
    for damaged in (whole[:-1], b"{", b"", whole.replace(b"state", b"stare")):
        _path(tmp_path).write_bytes(damaged)
        with pytest.raises(InspectorError, match="is damaged"):
            kept.load(_FILES)
    kept.save(None, _FILES[:1])
    with pytest.raises(InspectorError, match="is damaged"):
        kept.load(_FILES, _is_state)
    assert kept.load(_FILES) == (None, 1)


def test_what_others_may_have_written_is_not_read(tmp_path: Path) -> None:
    kept = Checkpoint(Folder(str(tmp_path)), "a", "asked")
    kept.save("state", _FILES[:1])
    _path(tmp_path).chmod(0o666)

    with pytest.raises(InspectorError, match="written by somebody else"):
        kept.load(_FILES)


def test_what_was_asked_is_one_text_whatever_its_order() -> None:
    assert asked_text({"a": 1, "b": 2}) == asked_text({"b": 2, "a": 1})
    assert asked_text({"a": 1}) != asked_text({"a": 2})
