"""From the options to the screen, and to the exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from inspector import inspect
from inspector.browser.app import Browser
from inspector.browser.session import CaptureSession
from inspector.commands.browsing import browse_captures
from inspector.commands.run_options import RunOptions
from inspector.errors import InspectorError, UnwritableOutputError
from inspector.tls.opening import open_keylog
from tests.inspector.browser.piloted import CASES, ROOT, SLOW
from tests.inspector.views.formats.written import opened

if TYPE_CHECKING:
    from pathlib import Path


class _Shown:
    """What was shown, by one that leaves at once."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, act: Any = None) -> None:  # noqa: ANN401 — a function
        self.browsers: list[Browser] = []

        def show(browser: Browser) -> None:
            self.browsers.append(browser)
            if act is not None:
                act(browser)

        monkeypatch.setattr(Browser, "run", show)


def _options(*captures: Path, **more: Any) -> RunOptions:  # noqa: ANN401 — of options
    names = tuple(map(str, captures))
    return RunOptions(opened("table")[0], captures=names, **more)


def test_a_capture_is_shown_and_a_part_of_it_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    part, hidden = tmp_path / "part.pcapng", tmp_path / "hidden.pcapng"

    def act(browser: Browser) -> None:
        write = browser.desk.write
        assert write is not None
        session = browser.session
        assert isinstance(session, CaptureSession)
        session.wait()
        assert session.store.count == 600
        monkeypatch.chdir(tmp_path)  # where a name without a folder is written
        said = write(part.name, [422, 7], False)  # noqa: FBT003 — what a person answers
        assert said == f"wrote 2 exchanges to {part.resolve()}"
        write(str(hidden), [1], True)  # noqa: FBT003 — what a person answers
        write("part.html", [422], True)  # noqa: FBT003 — the same
        with pytest.raises(UnwritableOutputError):
            write(str(tmp_path / "no" / "such"), [1], False)  # noqa: FBT003

    shown = _Shown(monkeypatch, act)

    browse_captures(_options(SLOW, ports=frozenset([8888])))

    (browser,) = shown.browsers
    assert browser.desk.options == " --port 8888"
    assert [each.data["userId"] for each in inspect(part)] == [6, 421]
    (one,) = inspect(hidden)
    assert one.number == 1
    page = (tmp_path / "part.html").read_text(encoding="utf-8")
    assert '"redacted":true' in page
    assert "orders.create" in page


def test_without_nest_nothing_opens(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    shown = _Shown(monkeypatch)

    browse_captures(_options(CASES / "s05_tls.pcap"))

    assert shown.browsers == []
    assert "no Nest traffic in" in capsys.readouterr().err
    with pytest.raises(SystemExit) as ended:
        browse_captures(_options(tmp_path / "missing.pcap"))
    assert ended.value.code == 3
    assert shown.browsers == []


def test_a_truncated_one_opens_and_ends_with_3(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    cut = tmp_path / "cut.pcap"
    cut.write_bytes((CASES / "misc-v12.pcap").read_bytes()[:-7])

    def act(browser: Browser) -> None:
        assert isinstance(browser.session, CaptureSession)
        browser.session.wait()

    shown = _Shown(monkeypatch, act)

    with pytest.raises(SystemExit) as ended:
        browse_captures(_options(cut))

    assert ended.value.code == 3
    assert len(shown.browsers) == 1
    assert "truncated" in capsys.readouterr().err


def test_what_is_decrypted_is_shown_but_not_written_and_flaws_are_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder, keys = ROOT / "captures" / "tls", tmp_path / "flawed.keys"
    keys.write_bytes((folder / "tls13-nest12.keys").read_bytes() + b"what is this\n")
    part = tmp_path / "part.pcapng"

    def act(browser: Browser) -> None:
        session, desk = browser.session, browser.desk
        assert isinstance(session, CaptureSession)
        session.wait()
        number = session.store.order("number")[0]
        assert desk.looking is not None
        closeup = desk.looking.close_up(number, {number}, lambda: False)
        assert closeup is not None
        assert closeup.rows
        assert desk.write is not None
        with pytest.raises(InspectorError, match=r"^w: a part of what TLS protects"):
            desk.write(str(part), [number], False)  # noqa: FBT003 — what one answers

    shown = _Shown(monkeypatch, act)
    browse_captures(
        _options(folder / "tls13-nest12.pcap", keylog=open_keylog([str(keys)]))
    )

    assert len(shown.browsers) == 1
    assert not part.exists()
    assert "not a line of a key log; 1 line passed over" in capsys.readouterr().err
