from __future__ import annotations

import pytest

from inspector.carriers.base import Recognition, Verdict
from inspector.carriers.http.recognition import REACH, begins, find, recognise
from tests.inspector.carriers.http.written import answered, asked


@pytest.mark.parametrize(
    ("beginning", "judged"),
    [
        (asked("PATCH", "/x"), Recognition(asks=True)),
        (b"CONNECT a:1 HTTP/1.0\r\n", Recognition(asks=True)),
        (b"HTTP/1.0 200\r\n", Recognition(asks=False)),
        (answered(), Recognition(asks=False)),
        (b"GE", Verdict.UNDECIDED),
        (b"GET /" + b"x" * 100, Verdict.UNDECIDED),
        (b"GET /" + b"x" * REACH, Verdict.OTHER),
        (b"GET / HTTP/2.0\r\n", Verdict.OTHER),
        (b"GETS / HTTP/1.1\r\n", Verdict.OTHER),
        (b"HTTP/1.1 999 no\r\n", Verdict.OTHER),
        (b'12#{"pattern"', Verdict.OTHER),
    ],
)
def test_the_first_line_decides(
    beginning: bytes, judged: Recognition | Verdict
) -> None:
    assert recognise(beginning) == judged


def test_a_message_is_found_after_a_body_by_its_line_and_a_field() -> None:
    body = b'{"a":1}'
    assert find(body + asked("GET", "/x")) == Recognition(len(body), asks=True)
    assert find(body + answered("1")) == Recognition(len(body), asks=False)
    assert find(b"HTTP/1.1 204 No Content\r\n\r\n") == Recognition(0, asks=False)
    assert find(b"they said GET / HTTP/1.1 and left") is None
    assert find(b"GET / HTTP/1.1\r\nno field") is None


def test_bytes_may_begin_as_a_message_does() -> None:
    assert all(begins(each) for each in (b"", b"DEL", bytearray(b"HTTP/1.1")))
    assert not any(begins(each) for each in (b"HTTP/2", b"get /"))
