from __future__ import annotations

from tests.inspector.conversation import failure
from tests.inspector.scenes import OWN_ERROR, Trace, group_in, replies, sentences

_MASKED = failure("1", {"status": "error", "message": "Internal server error"})
TRACE = Trace(replies(_MASKED), replies(OWN_ERROR))


def test_it_says_what_it_is_about() -> None:
    said = sentences(group_in(TRACE.triggers(), "masked-error"))

    assert said.headline == "1 time “Internal server error”"
    for word in ["RpcException", ":8888"]:
        assert word in said.text
