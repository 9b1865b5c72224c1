from __future__ import annotations

from protocol import Response
from tests.inspector.scenes import (
    TEXT,
    THREE,
    Sentences,
    Trace,
    replies,
    said_of,
)

TRACE = Trace(
    replies(Response("1", THREE, is_disposed=True, extra={"traceId": TEXT})),
    replies(Response("1", THREE, is_disposed=True, status=TEXT)),
)


def test_what_it_says() -> None:
    assert said_of(TRACE, "foreign-reply-key") == Sentences(
        message="a reply to sum with the extra key traceId",
        headline="1 reply with an extra key",
        cause=(
            "sum: traceId. A client of Nest 12 takes a reply with such a key for "
            "the value itself and ends the call, even with an error; older clients "
            "ignore the key. Packet 5."
        ),
        hint="put the value inside response; no keys but id, response, err, isDisposed",
    )
