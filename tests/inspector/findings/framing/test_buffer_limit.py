from __future__ import annotations

import pytest

from tests.inspector.scenes import Trace, group_in, raw, sentences, small_limits

TRACE = Trace(raw(b"99999#" + b"x" * 12_000), raw(b"99999#" + b"x" * 20))


@pytest.fixture(autouse=True)
def small_buffers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let limits be reached without 134 million characters."""
    small_limits(monkeypatch)


def test_it_says_what_it_is_about() -> None:
    said = sentences(group_in(TRACE.triggers(), "buffer-limit"))

    assert said.headline == "1 frame above Nest's buffer limit"
    for word in ["maxBufferSize"]:
        assert word in said.text
