from __future__ import annotations

from tests.inspector.scenes import Sentences, Trace, said_of, stranger

TRACE = Trace(stranger("10.0.0.2:8888", b""), stranger("10.0.0.2:80", b""))


def test_what_it_says() -> None:
    assert said_of(TRACE, "empty-connection") == Sentences(
        message="a connection to 10.0.0.2:8888 that carried nothing",
        headline="1 connection that carried nothing",
        cause=(
            "Opened to 10.0.0.2:8888 and closed again: a health probe or a port scan. "
            "It "
            "does Nest no harm. Packet 4."
        ),
        hint="none needed; a probe can send a message and wait for the reply",
    )
