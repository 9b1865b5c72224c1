from __future__ import annotations

from tests.inspector.scenes import Trace, group_in, raw, sentences

TRACE = Trace(raw(b'5#{"a":'), raw(b'15# {"pattern":1} '))


def test_it_says_what_it_is_about() -> None:
    said = sentences(group_in(TRACE.triggers(), "invalid-json"))

    assert said.headline == "1 frame whose body is not JSON"
    for word in ["drops", "closes"]:
        assert word in said.text
