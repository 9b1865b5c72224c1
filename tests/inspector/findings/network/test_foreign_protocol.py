from __future__ import annotations

from tests.inspector.scenes import Trace, group_in, sentences, stranger

_HTTP = b"GET / HTTP/1.1\r\n\r\n"
TRACE = Trace(stranger("10.0.0.2:8888", _HTTP), stranger("10.0.0.2:80", _HTTP))


def test_it_says_what_it_is_about() -> None:
    said = sentences(group_in(TRACE.triggers(), "foreign-protocol"))

    assert said.headline == "HTTP on a port of Nest"
    for word in [":8888", "another port"]:
        assert word in said.text
