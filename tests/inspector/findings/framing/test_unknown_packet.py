from __future__ import annotations

from tests.inspector.scenes import Trace, group_in, raw, sentences

TRACE = Trace(raw(b'3#"x"'), raw(b'12#{"data":"x"}'))


def test_it_says_what_it_is_about() -> None:
    said = sentences(group_in(TRACE.triggers(), "unknown-packet"))

    assert said.headline == "1 frame with JSON that is no packet"
    for word in ["a string"]:
        assert word in said.text
