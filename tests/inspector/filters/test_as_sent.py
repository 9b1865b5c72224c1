"""What travelled stands in a line as it was, on one line and in UTF-8."""

from __future__ import annotations

import msgspec
import pytest

from inspector.filters.as_sent import (
    payload_as_sent,
    present,
    printable,
    replies_as_sent,
    value_as_sent,
)
from protocol import UNDEFINED, Json, JsonText, Response

_encode = msgspec.json.encode


@pytest.mark.parametrize(
    ("payload", "line"),
    [
        (b'{"a":  1.0}', b'{"a":  1.0}'),
        (b"[1,\r\n2]", b"[1,  2]"),
        ('"é求😀"'.encode(), '"é求😀"'.encode()),
        (b'"\xff"', '"\ufffd"'.encode()),
        (b'["\xff",\n1]', '["\ufffd", 1]'.encode()),
        (b"1e400", b"1e400"),
    ],
)
def test_a_payload_keeps_its_spelling(payload: bytes, line: bytes) -> None:
    assert _encode(payload_as_sent(JsonText(payload))) == line


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("sum", b'"sum"'),
        ("é", '"é"'.encode()),
        ("\ud800", b'"\\ud800"'),
        ({"cmd": "a"}, b'{"cmd":"a"}'),
        (None, b"null"),
        (5, b"5"),
    ],
)
def test_a_value_is_encoded_whatever_it_holds(value: Json, line: bytes) -> None:
    assert _encode(value_as_sent(value)) == line


def test_replies_have_what_they_brought_and_no_id() -> None:
    replies = [
        Response("1", response=JsonText(b"5"), is_disposed=True),
        Response("1", err=JsonText(b'"no"')),
        Response("1", extra={"a\ud800": JsonText(b"1")}, status=JsonText(b'"x"')),
    ]

    assert [_encode(each) for each in replies_as_sent(replies)] == [
        b'{"response":5,"isDisposed":true}',
        b'{"err":"no"}',
        b'{"status":"x","a?":1}',
    ]


def test_what_is_absent_is_left_out() -> None:
    assert value_as_sent(UNDEFINED) is payload_as_sent(UNDEFINED) is UNDEFINED
    assert present({"a": None, "b": UNDEFINED, "c": 0}) == {"a": None, "c": 0}
    assert printable("a\udcff") == "a?"
