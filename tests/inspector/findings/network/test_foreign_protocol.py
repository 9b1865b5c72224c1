from __future__ import annotations

from tests.inspector.scenes import Sentences, Trace, said_of, stranger

_HTTP = b"GET / HTTP/1.1\r\n\r\n"
TRACE = Trace(stranger("10.0.0.2:8888", _HTTP), stranger("10.0.0.2:80", _HTTP))


def test_what_it_says() -> None:
    assert said_of(TRACE, "foreign-protocol") == Sentences(
        message="HTTP on 10.0.0.2:8888, where others speak Nest's protocol",
        headline="HTTP on a port of Nest",
        cause=(
            "1 connection to 10.0.0.2:8888 spoke HTTP. Nest waits for a #, never "
            "answers, "
            "and drops the connection after 30 s (11.2.5, 12.0.3 and later). Packet"
            " 7."
        ),
        hint="use another port: a hybrid application has one for each transport",
    )
