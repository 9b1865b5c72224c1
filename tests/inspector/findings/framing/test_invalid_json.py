from __future__ import annotations

import pytest

from tests.inspector.scenes import Sentences, Trace, raw, said_of

TRACE = Trace(raw(b'5#{"a":'), raw(b'15# {"pattern":1} '))


def test_what_it_says() -> None:
    assert said_of(TRACE, "invalid-json") == Sentences(
        message=(
            "the client sent a body that is not JSON: the text ends where a value is "
            "expected"
        ),
        headline="1 frame whose body is not JSON",
        cause=(
            "The client sent a body that is not JSON: the text ends where a value is "
            "expected. Nest drops what it has read and closes the connection. "
            "Packet 6."
        ),
        hint=(
            "check the length, in UTF-16 code units: often it is the length that is"
            " wrong"
        ),
    )


@pytest.mark.parametrize("body", [b"{'pattern': 1}", b"[{'a': None}]", b"'sum'"])
def test_what_python_writes_for_a_value_is_told_as_such(body: bytes) -> None:
    said = said_of(Trace(raw(b"%d#%b" % (len(body), body)), raw(b"")), "invalid-json")

    assert said.message == (
        "the client sent a body that is not JSON, but written as Python does: strings "
        "are in single quotes"
    )
    assert said.hint.startswith("write it with json.dumps()")
