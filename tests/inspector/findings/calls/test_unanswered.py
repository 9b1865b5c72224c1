from __future__ import annotations

from tests.inspector.scenes import (
    ANSWERED,
    Sentences,
    Trace,
    replies,
    said_of,
)

TRACE = Trace(replies(), replies(ANSWERED))


def test_what_it_says() -> None:
    assert said_of(TRACE, "unanswered") == Sentences(
        message="no reply to sum by the end of the capture, 100 µs later",
        headline="1 message without a reply",
        cause=(
            "sum (#1) had no reply by the end of the capture, 100 µs later. Packet 4."
        ),
        hint="apply timeout() on the client: without it, Nest waits forever",
    )
