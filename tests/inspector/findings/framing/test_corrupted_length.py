from __future__ import annotations

from tests.inspector.scenes import Sentences, Trace, raw, said_of

TRACE = Trace(raw(b"abc#{}"), raw(b'00013#{"pattern":1}'))


def test_what_it_says() -> None:
    assert said_of(TRACE, "corrupted-length") == Sentences(
        message="corrupted length 'abc' from the client",
        headline="1 frame with a corrupted length",
        cause=(
            "The client sent a corrupted length 'abc'. Nest drops what it has read "
            "and closes the connection; 6 B after it are lost too. Packet 6."
        ),
        hint=(
            "write the length in UTF-16 code units as a decimal number, then # and "
            "the JSON"
        ),
    )
