"""Whatever a store is, what is in it is whole, and what it cannot do is one error."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING

import fsspec
import pytest

from inspector.errors import InspectorError, UnwritableOutputError
from inspector.fleet import stores
from inspector.fleet.stores import Folder, NotOwnError, Remote, store_at
from tests.inspector.fleets import served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from inspector.fleet.stores import Store

_KINDS = ("folder", "file", "local", "memory", "http")


@pytest.fixture(params=_KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store of each kind; ``local`` is a folder as fsspec sees it."""
    place = tmp_path / "store"
    with ExitStack() as stack:
        url = str(place)
        if request.param == "http":
            place.mkdir()
            url = stack.enter_context(served(place))
        elif request.param == "memory":
            url = "memory://stores/a"
            stack.callback(fsspec.filesystem("memory").store.clear)
        elif request.param != "folder":
            url = f"{request.param}://{place}"
        found = Remote(url) if request.param == "local" else store_at(url)
        if isinstance(found, Folder):
            found.make()
        yield found


def test_a_file_is_there_as_a_whole_or_not_at_all(store: Store) -> None:
    assert (store.read("a"), store.exists("a")) == (None, False)
    store.write("a", b"1")
    store.write("a", b"22")

    assert (store.read("a"), store.exists("a")) == (b"22", True)
    assert store.names() == ["a"]
    with store.fetched("a") as path:
        assert path.read_bytes() == b"22"

    def fail() -> None:
        with store.placed("a") as path:
            path.write_bytes(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert store.names() == ["a"]
    assert store.read("a", own=True) == b"22"


def test_what_is_removed_is_gone(store: Store) -> None:
    store.write("a", b"1")
    if isinstance(store, Remote) and store.place.startswith("http"):
        store.check(removes=False)
        with pytest.raises(InspectorError, match=r"--checkpoint http.* cannot remove"):
            store.check(removes=True)
        return
    store.remove("a")
    store.remove("a")

    assert store.names() == []
    if isinstance(store, Remote):
        store.check(removes=True)
        assert store.names() == []


def test_what_is_large_is_sent_in_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stores, "_LARGE", 3)
    store = Remote(f"local://{tmp_path}/a")
    store.write("a", b"1234")

    assert store.read("a") == b"1234"
    assert store.names() == ["a"]


def test_a_url_of_this_machine_is_a_folder_of_it(tmp_path: Path) -> None:
    for scheme in ("file", "local"):
        store = store_at(f"{scheme}://{tmp_path}/a")
        assert isinstance(store, Folder)
        store.make()
        store.keep(scheme, b"1")
        assert (tmp_path / "a" / scheme).stat().st_mode & 0o777 == 0o600


def test_what_is_kept_is_on_the_disk_before_it_has_its_name(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[bool] = []
    monkeypatch.setattr("os.fsync", lambda _: synced.append(store.exists("a")))
    store.keep("a", b"1")

    assert store.read("a") == b"1"
    assert synced == [False] or not isinstance(store, Folder)


def test_nobody_waits_for_a_pipe_in_the_place_of_a_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a")

    with pytest.raises(InspectorError, match="not a plain file"):
        Folder(str(tmp_path)).read("a")


def test_what_others_may_write_is_not_ones_own(tmp_path: Path) -> None:
    store = Folder(str(tmp_path))
    store.write("a", b"1")
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600
    (tmp_path / "a").chmod(0o620)

    assert store.read("a") == b"1"
    with pytest.raises(NotOwnError):
        store.read("a", own=True)


def test_what_cannot_be_done_is_one_error(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    lacking = Folder(str(tmp_path / "a" / "b"))
    with pytest.raises(UnwritableOutputError, match=r"--checkpoint .*: cannot write"):
        lacking.make()
    with pytest.raises(InspectorError, match="not a directory"):
        lacking.read("a")
    with pytest.raises(UnwritableOutputError):
        lacking.write("a", b"1")
    with pytest.raises(InspectorError, match=r"--checkpoint nothing://a: .*nothing"):
        store_at("nothing://a")
    with served(tmp_path) as url:
        pass
    gone = store_at(url)
    with pytest.raises(InspectorError, match=f"--checkpoint {url}: "):
        gone.read("a")
    with pytest.raises(UnwritableOutputError, match=f"--checkpoint {url}: "):
        gone.write("a", b"1")


def test_names_tell_when_they_were_written(tmp_path: Path) -> None:
    store = Folder(str(tmp_path))
    store.write("a.progress", b"1")
    store.write("b.state", b"1")

    assert list(store.changes(".progress")) == ["a.progress"]
