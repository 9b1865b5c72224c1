from __future__ import annotations

from tests.inspector.scenes import EMPTY, Trace, group_in, mixed, sentences

TRACE = Trace(mixed("log", EMPTY), mixed("a", EMPTY))


def test_it_says_what_it_is_about() -> None:
    said = sentences(group_in(TRACE.triggers(), "request-to-event-handler"))

    assert said.headline == "1 pattern for events that is asked too"
    for word in ["log", "@MessagePattern"]:
        assert word in said.text
