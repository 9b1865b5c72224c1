from __future__ import annotations

from tests.inspector.conversation import response
from tests.inspector.scenes import (
    ANSWERED,
    Sentences,
    Trace,
    replies,
    said_of,
)

_FIRST = response("1", 1, last=False)
TRACE = Trace(
    replies(_FIRST, response("1", last=False), ANSWERED),
    replies(_FIRST, response("1", None, last=False), ANSWERED),
)


def test_what_it_says() -> None:
    assert said_of(TRACE, "undefined-in-stream") == Sentences(
        message="a reply to sum with nothing but its id",
        headline="1 reply with nothing but an id",
        cause=(
            "sum (#1) emitted undefined. Clients of Nest 11 and older take the "
            "packet itself for the value and end the stream there. Packet 6."
        ),
        hint="emit null, or use clients of Nest 12.0.2 or later",
    )
