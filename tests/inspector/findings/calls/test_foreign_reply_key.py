from __future__ import annotations

from protocol import Response
from tests.inspector.scenes import TEXT, THREE, Trace, group_in, replies, sentences

TRACE = Trace(
    replies(Response("1", THREE, is_disposed=True, extra={"traceId": TEXT})),
    replies(Response("1", THREE, is_disposed=True, status=TEXT)),
)


def test_it_says_what_it_is_about() -> None:
    said = sentences(group_in(TRACE.triggers(), "foreign-reply-key"))

    assert said.headline == "1 reply with a key of their own"
    for word in ["traceId", "Nest 12"]:
        assert word in said.text
