from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING

from inspector.commands.fleet_progress import Progress
from inspector.fleet.checkpoints import safe_name
from inspector.fleet.sources import Source

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_shows_no_progress_and_what_was_said_before_is_gone(
    tmp_path: Path,
) -> None:
    said = tmp_path / f"{safe_name('a')}.progress"
    said.write_bytes(b"7")
    stream = io.StringIO()
    with Progress(stream, str(tmp_path), [Source("a", ("/none",))]) as progress:
        assert not said.exists()
        progress.look()

    assert stream.getvalue() == ""


def test_a_terminal_shows_how_much_was_read(tmp_path: Path) -> None:
    main, terminal = os.openpty()
    capture = tmp_path / "a.pcap"
    capture.write_bytes(bytes(2_000))
    with (
        os.fdopen(terminal, "w") as stream,
        Progress(stream, str(tmp_path), [Source("a", (str(capture),))]) as progress,
    ):
        (tmp_path / f"{safe_name('a')}.progress").write_bytes(b"1000")
        progress._bar._due = 0.0  # noqa: SLF001 — as if a second had passed
        progress.look()
        shown = b""
        while b"1.0/2.0 kB" not in shown:
            shown += os.read(main, 10_000)
    os.close(main)
