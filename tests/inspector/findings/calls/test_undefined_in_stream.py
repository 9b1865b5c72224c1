from __future__ import annotations

from tests.inspector.conversation import response
from tests.inspector.scenes import ANSWERED, Trace, group_in, replies, sentences

_FIRST = response("1", 1, last=False)
TRACE = Trace(
    replies(_FIRST, response("1", last=False), ANSWERED),
    replies(_FIRST, response("1", None, last=False), ANSWERED),
)


def test_it_says_what_it_is_about() -> None:
    said = sentences(group_in(TRACE.triggers(), "undefined-in-stream"))

    assert said.headline == "a reply of nothing but its id"
    for word in ["emit null"]:
        assert word in said.text
