from __future__ import annotations

import pytest

from protocol import encode_packet
from tests.inspector.conversation import event
from tests.inspector.scenes import (
    Sentences,
    Trace,
    raw,
    said_of,
    small_limits,
)

TRACE = Trace(
    raw(encode_packet(event("log", "x" * 8_500))),
    raw(encode_packet(event("log", "x" * 7_500))),
)


@pytest.fixture(autouse=True)
def small_buffers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let limits be reached without 134 million characters."""
    small_limits(monkeypatch)


def test_what_it_says() -> None:
    assert said_of(TRACE, "large-frame") == Sentences(
        message="a frame of 8.53 kB from the client",
        headline="1 frame close to Nest's buffer limit",
        cause=(
            "8.53 kB in total. When more than 134,217,728 UTF-16 code units are "
            "buffered, including what follows the frame, Nest drops them and closes"
            " the connection. Packet 6."
        ),
        hint="send smaller messages, or raise the option maxBufferSize",
    )
