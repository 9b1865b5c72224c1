from __future__ import annotations

from tests.inspector.scenes import ANSWERED, Trace, group_in, replies, sentences

TRACE = Trace(replies(), replies(ANSWERED))


def test_it_says_what_it_is_about() -> None:
    said = sentences(group_in(TRACE.triggers(), "unanswered"))

    assert said.headline == "1 message without a reply"
    for word in ["sum (#1)", "end of the capture", "timeout()"]:
        assert word in said.text
