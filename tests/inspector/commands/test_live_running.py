"""How runs of ``live`` and ``proxy`` begin, and where what they say goes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from inspector.commands import live_running
from inspector.commands.live_options import LiveOptions
from inspector.commands.live_run import Bounds
from inspector.commands.live_running import Notifier, run_live
from inspector.commands.parquet_options import ParquetOptions
from inspector.commands.run_options import RunOptions
from inspector.sources.rotation import CaptureFiles, Rotation
from inspector.views.live_status import LiveStatus
from tests.inspector.views.formats.written import opened

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_what_happens_is_said_on_stderr_unless_the_view_has_room(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    notifier = Notifier()
    notifier("one")
    notifier.view = opened("json")[0].live("lo", 1)
    notifier("two")
    form, written = opened("table", terminal=True)
    notifier.view = form.live("lo", 1)
    notifier("three")
    notifier.view.tick(lambda: LiveStatus(0, 0, None, []))
    notifier.view.close()

    said = "protocol-inspect: one\nprotocol-inspect: two\n"
    assert capsys.readouterr().err == said
    assert "three" in written.text


@pytest.mark.parametrize("missing", ["source", "rows", "view", "run"])
def test_what_was_opened_is_closed_if_the_next_cannot_be(
    missing: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    open_: list[str] = []

    def kept(name: str, close: Callable[[], object] = lambda: None) -> SimpleNamespace:
        if missing == name:
            raise OSError(name)
        open_.append(name)

        def closed() -> None:
            open_.remove(name)
            close()

        return SimpleNamespace(close=closed, name="a source")

    def files(name: str, rotation: Rotation) -> SimpleNamespace:
        return kept("files", CaptureFiles(name, rotation).close)

    form = opened("json")[0]
    monkeypatch.setattr(live_running, "CaptureFiles", files)
    monkeypatch.setattr(form, "live", lambda *_: kept("view"))
    monkeypatch.setattr(live_running, "LiveRun", lambda *_: kept("run"))
    monkeypatch.setattr(
        "inspector.commands.parquet_files.LiveRows", lambda *_: kept("rows")
    )
    options = LiveOptions(
        RunOptions(form),
        Bounds(None, None, 1),
        str(tmp_path / "a.pcap"),
        Rotation(),
        parquet=ParquetOptions(str(tmp_path), payloads=False, hides=True),
    )

    with pytest.raises(OSError, match=missing):
        run_live(lambda _: kept("source"), options)
    assert open_ == []
