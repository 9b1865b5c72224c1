from __future__ import annotations

from tests.inspector.conversation import Wire
from tests.inspector.scenes import (
    ANSWERED,
    Sentences,
    Trace,
    replies,
    said_of,
)


def _begun_late() -> Wire:
    wire = Wire()
    wire.join().answer("1", 2).ask("sum", "2").answer("2", 4)
    return wire


TRACE = Trace(_begun_late, replies(ANSWERED))


def test_what_it_says() -> None:
    assert said_of(TRACE, "orphan-reply") == Sentences(
        message="a reply whose request was not captured",
        headline="1 reply without a captured request",
        cause=(
            "The capture began after the request was sent, or dropped it. Packet 1."
        ),
        hint="start the capture before the client connects",
    )
