from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import fsspec
import pytest

from inspector.errors import InspectorError, UnreadableCaptureError
from inspector.fleet import storage
from inspector.fleet.sources import find_sources
from inspector.fleet.storage import expand, identity, read
from inspector.sources.reading import Reading
from tests.inspector.captures import SEED
from tests.inspector.fleets import ran, served

if TYPE_CHECKING:
    from pathlib import Path


def _numbers(name: str) -> list[int]:
    return [record.number for record in read(name, Reading())]


def test_a_capture_is_the_same_wherever_it_is(tmp_path: Path) -> None:
    local = tmp_path / "seed.pcap"
    local.write_bytes(SEED.read_bytes())
    memory = fsspec.filesystem("memory")
    memory.pipe("/fleet/seed.pcap", SEED.read_bytes())
    whole = ran(tmp_path / "0", [str(local)]).report.views[0].rows
    with served(tmp_path) as url:
        names = ["memory://fleet/seed.pcap", f"file://{local}", f"{url}/seed.pcap"]
        for place, name in enumerate(names, start=1):
            assert _numbers(name) == _numbers(str(local))
            assert identity(name).digest == identity(str(local)).digest
            (view,) = ran(tmp_path / f"{place}", [name]).report.views
            assert view.rows == whole
        with pytest.raises(UnreadableCaptureError, match="lacking"):
            _numbers(f"{url}/lacking.pcap")


def test_patterns_are_looked_for_where_the_files_are() -> None:
    memory = fsspec.filesystem("memory")
    for name in ("/ring/a.pcap10", "/ring/a.pcap9"):
        memory.pipe(name, b"")
    (source,) = find_sources(["memory://ring/a.pcap*"])

    assert source.files == ("memory://ring/a.pcap9", "memory://ring/a.pcap10")


@pytest.mark.parametrize("name", ["nothing://a/b.pcap", "memory://none.pcap", "/none"])
def test_what_cannot_be_opened_is_one_line(name: str) -> None:
    with pytest.raises(InspectorError) as raised:
        identity(name)

    assert "\n" not in str(raised.value)
    assert str(raised.value).startswith(name)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.pcap")

    with pytest.raises(UnreadableCaptureError, match="not a plain file"):
        identity(str(tmp_path / "a.pcap"))


def test_a_file_that_has_changed_has_another_identity(tmp_path: Path) -> None:
    file = tmp_path / "a.pcap"
    file.write_bytes(b"a" * 200_000)
    before = identity(str(file))
    os.utime(file, ns=(0, 0))
    touched = identity(str(file))
    file.write_bytes(b"a" * 199_999 + b"b")
    os.utime(file, ns=(0, 0))
    changed = identity(str(file))

    assert before.digest == touched.digest != changed.digest
    assert before != touched != changed


def test_without_the_extra_a_line_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)  # what import takes for absent

    with pytest.raises(InspectorError, match=r"fsspec is not installed; .* install"):
        expand("memory://a/*.pcap")


def test_urls_are_known_by_their_scheme() -> None:
    assert storage.is_remote("s3://bucket/a.pcap")
    assert not storage.is_remote("/captures/a.pcap")
