from __future__ import annotations

import pytest

from protocol import encode_packet
from tests.inspector.conversation import event
from tests.inspector.scenes import Trace, group_in, raw, sentences, small_limits

TRACE = Trace(
    raw(encode_packet(event("log", "x" * 8_500))),
    raw(encode_packet(event("log", "x" * 7_500))),
)


@pytest.fixture(autouse=True)
def small_buffers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let limits be reached without 134 million characters."""
    small_limits(monkeypatch)


def test_it_says_what_it_is_about() -> None:
    said = sentences(group_in(TRACE.triggers(), "large-frame"))

    assert said.headline == "1 frame close to Nest's buffer limit"
    for word in ["8.53 kB", "maxBufferSize"]:
        assert word in said.text
