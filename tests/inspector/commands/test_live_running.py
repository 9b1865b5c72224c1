"""How runs of ``live`` and ``proxy`` begin, and where what they say goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.commands.live_running import Notifier
from inspector.views.live_status import LiveStatus
from tests.inspector.views.formats.written import opened

if TYPE_CHECKING:
    import pytest


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
