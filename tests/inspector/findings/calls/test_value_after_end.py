from __future__ import annotations

from tests.inspector.conversation import response
from tests.inspector.scenes import (
    ANSWERED,
    Sentences,
    Trace,
    replies,
    said_of,
)

TRACE = Trace(
    replies(ANSWERED, response("1", 4)), replies(response("1", 4, last=False), ANSWERED)
)


def test_what_it_says() -> None:
    assert said_of(TRACE, "value-after-end") == Sentences(
        message="a reply to sum after the last one",
        headline="1 reply after the last one",
        cause="sum (#1) was already over; Nest ignores later replies. Packet 6.",
        hint="set isDisposed on the last reply only, and use each id once",
    )
