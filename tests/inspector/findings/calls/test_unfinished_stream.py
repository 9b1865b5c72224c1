from __future__ import annotations

from tests.inspector.conversation import response
from tests.inspector.scenes import Sentences, Trace, endless, replies, said_of

TRACE = Trace(
    endless(response("1", 1, last=False)),
    replies(response("1", 1, last=False), response("1")),
)


def test_what_it_says() -> None:
    assert said_of(TRACE, "unfinished-stream") == Sentences(
        message="sum had replies, but had not ended by the end of the capture",
        headline="1 stream without an end",
        cause="sum (#1) had not ended by the end of the capture. Packet 5.",
        hint="complete the Observable on the server",
    )
