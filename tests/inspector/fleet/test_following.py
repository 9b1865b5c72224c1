from __future__ import annotations

from typing import TYPE_CHECKING

import fsspec

from inspector.errors import InspectorError
from inspector.fleet.following import JOIN, STOP, Following, Noted, Watching, noted
from inspector.fleet.stores import Folder, store_at

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_progress_is_what_was_read_of_all_files(tmp_path: Path) -> None:
    (tmp_path / "old.progress").write_bytes(b"[1,")
    watching = Watching(Folder(str(tmp_path)))
    follow = Following(str(tmp_path), "a", total=40)
    first = follow.reading()
    first.read(bytes, 10)
    (said,) = watching.look()
    follow.skip(7)
    follow._said = 0.0  # noqa: SLF001 — as if some time had passed
    follow.reading().read(bytes, 5)
    other = Following(str(tmp_path), "b, c", JOIN)
    other.finish()

    assert said == Noted(1, "a", 10, 40)
    assert sorted(watching.look(), key=lambda each: each.name) == [
        Noted(1, "a", 22, 40),
        Noted(JOIN, "b, c", 0, 0, over=True),
    ]
    assert (noted(b"[1,"), noted(None)) == (None, None)


def test_what_cannot_be_read_of_progress_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watching = Watching(store_at(str(tmp_path)))
    Following(str(tmp_path), "a").finish()
    assert len(watching.look()) == 1

    def fail(*_: object) -> bytes:
        raise InspectorError("a", "read timed out")

    monkeypatch.setattr(Folder, "read", fail)
    Following(str(tmp_path), "b").finish()
    assert [each.name for each in watching.look()] == ["a"]


def test_who_is_far_away_is_stopped_by_a_word_in_the_store() -> None:
    url = "memory://following"
    watching = Watching(store_at(url))
    follow = Following(url, "a")
    reading = follow.reading()
    reading.read(bytes, 10)
    assert [each.done for each in watching.look()] == [10]
    store_at(url).write(STOP, b"")
    assert reading.read(bytes, 10)  # it does not look each time
    follow._looked = 0.0  # noqa: SLF001 — as if some time had passed
    reading.read(bytes, 10)

    assert reading.stopped
    fsspec.filesystem("memory").store.clear()
