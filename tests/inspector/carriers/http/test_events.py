from __future__ import annotations

import pytest

from inspector.carriers.http.events import end_of_event, read_event
from inspector.redaction.texts import Redaction
from protocol import UNDEFINED, JsonText, UndefinedType

_HIDING = Redaction(["auto"])


def _bytes(text: JsonText | UndefinedType) -> bytes | None:
    return None if text is UNDEFINED else bytes(text)


@pytest.mark.parametrize(
    ("content", "end"),
    [
        (b"data: 1\n\nno", 9),
        (b"data: 1\r\n\r\n", 11),
        (b"data: 1\r\rx", 9),
        (b"data: 1\r\n\n", 10),
        (b"data: 1\n", -1),
        (b"data: 1\r\n\r", -1),
    ],
)
def test_an_empty_line_ends_an_event(content: bytes, end: int) -> None:
    assert end_of_event(content, 0) == end
    assert end_of_event(content, max(len(content) - 1, 0)) == end


@pytest.mark.parametrize(
    ("content", "value", "name"),
    [
        (b'data: {"n":1}\n\n', b'{"n":1}', None),
        (b"event: tick\ndata: 5\n\n", b"5", b'"tick"'),
        (b"data:hello\n\n", b'"hello"', None),
        (b"data: a\ndata: b\n\n", b'"a\\nb"', None),
        (b": ping\n\n", None, None),
    ],
)
def test_an_event_has_data_and_perhaps_a_name(
    content: bytes, value: bytes | None, name: bytes | None
) -> None:
    event = read_event(content, None)
    assert (_bytes(event.value), _bytes(event.name)) == (value, name)
    assert event.shown == content


def test_secrets_are_hidden_in_as_many_bytes() -> None:
    content = b'event: in\nid: S3cret\ndata: {"password":"S3cret"}\n:S3cret\n\n'
    event = read_event(content, _HIDING)
    assert _bytes(event.value) == b'{"password":"xxxxxx"}'
    assert event.shown == (
        b'event: in\nid: xxxxxx\ndata: {"password":"xxxxxx"}\n:xxxxxx\n\n'
    )
    several = read_event(b"data: S3cret\ndata: S3cret\n\n", _HIDING)
    assert several.shown == b"data: xxxxxx\ndata: xxxxxx\n\n"
    assert _bytes(several.value) == _bytes(read_event(several.shown, None).value)
