from __future__ import annotations

from tests.inspector.conversation import response
from tests.inspector.scenes import ANSWERED, Trace, group_in, replies, sentences

TRACE = Trace(
    replies(ANSWERED, response("1", 4)), replies(response("1", 4, last=False), ANSWERED)
)


def test_it_says_what_it_is_about() -> None:
    said = sentences(group_in(TRACE.triggers(), "value-after-end"))

    assert said.headline == "1 reply after the last one"
    for word in ["isDisposed"]:
        assert word in said.text
