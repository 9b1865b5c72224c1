from __future__ import annotations

from tests.inspector.scenes import Trace, group_in, raw, sentences

TRACE = Trace(raw(b"abc#{}"), raw(b'00013#{"pattern":1}'))


def test_it_says_what_it_is_about() -> None:
    said = sentences(group_in(TRACE.triggers(), "corrupted-length"))

    assert said.headline == "1 frame with a corrupted length"
    for word in ["'abc'", "drops"]:
        assert word in said.text
