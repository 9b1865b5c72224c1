from __future__ import annotations

from tests.inspector.scenes import Sentences, Trace, raw, said_of

TRACE = Trace(raw(b'5#{"a":'), raw(b'15# {"pattern":1} '))


def test_what_it_says() -> None:
    assert said_of(TRACE, "invalid-json") == Sentences(
        message=(
            "the client sent a body that is not JSON: the text ends where a value "
            "should stand"
        ),
        headline="1 frame whose body is not JSON",
        cause=(
            "The client sent a body that is not JSON: the text ends where a value "
            "should stand. Nest drops what it has read and closes the connection. "
            "Packet 6."
        ),
        hint=(
            "check the length, in UTF-16 code units: often it is the length that is"
            " wrong"
        ),
    )
