from __future__ import annotations

import pytest

from tests.inspector.conversation import CLIENT, Wire, event
from tests.inspector.scenes import FEW, Trace, begun, group_in, sentences, small_limits


def _together(count: int) -> Wire:
    wire, call = begun()
    call.send(CLIENT, *[event("x")] * count)
    return wire


TRACE = Trace(lambda: _together(FEW), lambda: _together(FEW - 1))


@pytest.fixture(autouse=True)
def small_buffers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let limits be reached without 134 million characters."""
    small_limits(monkeypatch)


def test_it_says_what_it_is_about() -> None:
    said = sentences(group_in(TRACE.triggers(), "many-frames"))

    assert said.headline == "200 frames at once"
    for word in ["CVE-2026-40879"]:
        assert word in said.text
