from __future__ import annotations

from tests.inspector.scenes import (
    NOBODY,
    OWN_ERROR,
    Trace,
    group_in,
    replies,
    sentences,
)

TRACE = Trace(replies(NOBODY), replies(OWN_ERROR))


def test_it_says_what_it_is_about() -> None:
    said = sentences(group_in(TRACE.triggers(), "no-handler"))

    assert said.headline == "a message that nobody handles"
    for word in ["@MessagePattern('sum')", ":8888"]:
        assert word in said.text
