from __future__ import annotations

from tests.inspector.conversation import response
from tests.inspector.scenes import Trace, group_in, replies, sentences

TRACE = Trace(
    replies(response("1", 1, last=False)),
    replies(response("1", 1, last=False), response("1")),
)


def test_it_says_what_it_is_about() -> None:
    said = sentences(group_in(TRACE.triggers(), "unfinished-stream"))

    assert said.headline == "1 stream without an end"
    for word in ["sum (#1)", "complete the Observable"]:
        assert word in said.text
