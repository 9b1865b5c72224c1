from __future__ import annotations

from tests.inspector.scenes import OWN_ERROR, Trace, group_in, mixed, sentences

TRACE = Trace(mixed("log", OWN_ERROR), mixed("a", OWN_ERROR))


def test_it_says_what_it_is_about() -> None:
    said = sentences(group_in(TRACE.triggers(), "mixed-pattern"))

    assert said.headline == "1 pattern both sent and emitted"
    for word in ["log", "registered first"]:
        assert word in said.text
