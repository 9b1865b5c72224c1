from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import fsspec
import pytest

from inspector.commands.fleet_places import Places, places_of
from inspector.errors import InspectorError
from tests.inspector.fleets import served


def test_a_folder_is_for_everything_and_a_url_for_states(tmp_path: Path) -> None:
    url = "memory://places"
    with ExitStack() as stack:
        nothing = places_of(None, 2, stack)
        own = places_of(str(tmp_path / "state"), 2, stack)
        far = places_of(url, 1, stack)
        cluster = places_of("local://" + str(tmp_path / "far"), 0, stack)
        fsspec.filesystem("memory").store.clear()

        assert Path(nothing.folder).is_dir()
        assert own == Places(str(tmp_path / "state"))
        assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700
        assert far.states == url
        assert Path(far.folder).is_dir()
        assert cluster == Places(str(tmp_path / "far"))
        assert places_of(f"file://{tmp_path}", 2, stack) == Places(str(tmp_path))
    assert not Path(nothing.folder).exists()
    assert not Path(far.folder).exists()


def test_a_store_that_cannot_do_it_is_refused(tmp_path: Path) -> None:
    with ExitStack() as stack:
        with pytest.raises(
            InspectorError, match=r"--checkpoint memory://a: .*--workers"
        ):
            places_of("memory://a", 2, stack)
        url = stack.enter_context(served(tmp_path))
        assert places_of(url, 2, stack).states == url
        with pytest.raises(InspectorError, match="cannot remove what is written there"):
            places_of(url, 0, stack)
