from __future__ import annotations

from tests.inspector.scenes import Trace, group_in, sentences, stranger

TRACE = Trace(stranger("10.0.0.2:8888", b""), stranger("10.0.0.2:80", b""))


def test_it_says_what_it_is_about() -> None:
    said = sentences(group_in(TRACE.triggers(), "empty-connection"))

    assert said.headline == "1 connection that carried nothing"
    for word in ["health probe", ":8888"]:
        assert word in said.text
