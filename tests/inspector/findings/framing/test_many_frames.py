from __future__ import annotations

import pytest

from tests.inspector.conversation import CLIENT, Wire, event
from tests.inspector.scenes import (
    FEW,
    Sentences,
    Trace,
    begun,
    said_of,
    small_limits,
)


def _together(count: int) -> Wire:
    wire, call = begun()
    call.send(CLIENT, *[event("x")] * count)
    return wire


TRACE = Trace(lambda: _together(FEW), lambda: _together(FEW - 1))


@pytest.fixture(autouse=True)
def small_buffers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let limits be reached without 134 million characters."""
    small_limits(monkeypatch)


def test_what_it_says() -> None:
    assert said_of(TRACE, "many-frames") == Sentences(
        message="200 frames from the client at once",
        headline="200 frames at once",
        cause=(
            "Nest up to 11.1.18 recurses for each of the frames that arrive at "
            "once (CVE-2026-40879) until its stack overflows: then 8 and later close "
            "the connection, and 7 ends the process. Nest 11.1.19 and later read "
            "them all. Packet 4."
        ),
        hint="use Nest 11.1.19 or later; Nest's clients never write such bursts",
    )
