from __future__ import annotations

from tests.inspector.scenes import Sentences, Trace, raw, said_of

TRACE = Trace(raw(b'3#"x"'), raw(b'12#{"data":"x"}'))


def test_what_it_says() -> None:
    assert said_of(TRACE, "unknown-packet") == Sentences(
        message="the client sent a string, which is not a packet",
        headline="1 frame with JSON that is not a packet",
        cause=(
            "The client sent a string, which is not a packet. Nest ignores such "
            "JSON. Packet 6."
        ),
        hint="send an object with pattern and data, or with id and response",
    )
