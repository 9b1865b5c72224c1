from __future__ import annotations

from tests.inspector.scenes import ANSWERED, Trace, group_in, mixed, sentences

TRACE = Trace(mixed("log", ANSWERED), mixed("a", ANSWERED))


def test_it_says_what_it_is_about() -> None:
    said = sentences(group_in(TRACE.triggers(), "event-to-message-handler"))

    assert said.headline == "1 pattern sent to and emitted"
    for word in ["log", "@EventPattern"]:
        assert word in said.text
