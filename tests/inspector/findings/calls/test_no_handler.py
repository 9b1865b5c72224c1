from __future__ import annotations

from tests.inspector.scenes import (
    NOBODY,
    OWN_ERROR,
    Sentences,
    Trace,
    replies,
    said_of,
)

TRACE = Trace(replies(NOBODY), replies(OWN_ERROR))


def test_what_it_says() -> None:
    assert said_of(TRACE, "no-handler") == Sentences(
        message="no handler for sum on :8888",
        headline="1 message without a handler",
        cause="sum (#1) has no handler on :8888. Packet 5.",
        hint=(
            "register @MessagePattern('sum') there, or send the pattern that is "
            "registered"
        ),
    )
