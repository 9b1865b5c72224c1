from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING

from inspector.commands.fleet_progress import Progress
from inspector.fleet.following import JOIN, Following, progress_name
from inspector.fleet.sources import Source

if TYPE_CHECKING:
    from pathlib import Path


class _Clock:
    now = 0.0

    def __call__(self) -> float:
        self.now += 10.0
        return self.now


def test_a_file_shows_no_progress(tmp_path: Path) -> None:
    stream = io.StringIO()
    source = Source("a", ("/none",))
    with Progress(stream, str(tmp_path), [source], _Clock()) as progress:
        Following(str(tmp_path), "a").finish()
        progress.look()

    assert stream.getvalue() == ""


def test_a_terminal_shows_each_source_that_is_read_and_a_sum(tmp_path: Path) -> None:
    main, terminal = os.openpty()
    captures = [tmp_path / f"{name}.pcap" for name in "abc"]
    for capture in captures:
        capture.write_bytes(bytes(2_000))
    sources = [Source(each.stem, (str(each),)) for each in captures]
    said = tmp_path / progress_name("old")
    said.write_bytes(b"7")
    folder = str(tmp_path)
    with (
        os.fdopen(terminal, "w") as stream,
        Progress(stream, folder, sources, _Clock()) as progress,
    ):
        assert not said.exists()
        Following(folder, "a", total=2_000).finish()
        Following(folder, "b", total=2_000).reading().read(bytes, 500)
        progress.look()
        first = _shown(main, "500 B of 2.00 kB")
        Following(folder, "a, b (1)", JOIN, 4_000).reading().read(bytes, 700)
        progress.look()
        last = _shown(main, "700 B of 4.00 kB")
    os.close(main)

    assert "1/3 reading, 1 of 3 sources" in first
    assert "500 B of 6.00 kB" in first
    assert "3/3 joining, 0 done" in last


def _shown(main: int, awaited: str) -> str:
    shown = b""
    while awaited.encode() not in shown:
        shown += os.read(main, 10_000)
    return shown.decode()
