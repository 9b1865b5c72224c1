from __future__ import annotations

import pytest

from tests.inspector.scenes import (
    Sentences,
    Trace,
    raw,
    said_of,
    small_limits,
)

TRACE = Trace(raw(b"99999#" + b"x" * 12_000), raw(b"99999#" + b"x" * 20))


@pytest.fixture(autouse=True)
def small_buffers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let limits be reached without 134 million characters."""
    small_limits(monkeypatch)


def test_what_it_says() -> None:
    assert said_of(TRACE, "buffer-limit") == Sentences(
        message="12,006 units buffered, above the limit of 10,000, from the client",
        headline="1 frame above Nest's buffer limit",
        cause=(
            "12,006 units buffered, above the limit of 10,000. Nest drops them and "
            "closes the connection. Packet 6."
        ),
        hint="send smaller messages, or raise the option maxBufferSize",
    )
