from __future__ import annotations

import gzip

import pytest

from inspector.carriers.http.contents import (
    error_of,
    read_content,
    read_json,
    read_text,
)
from inspector.carriers.web.heads import Head, read_head
from inspector.redaction.texts import Redaction
from protocol import UNDEFINED, loads
from tests.inspector.carriers.http.written import began

_HIDING = Redaction(["auto"])


def _head(status: str = "200 OK", *fields: str) -> Head:
    head = read_head(began(status, *fields), 0)
    assert head is not None
    return head


def test_a_body_says_what_it_says_as_json() -> None:
    content = read_content(b' {"a":1}\n', _head(), None, key=b"data")
    assert content.text is not UNDEFINED
    assert bytes(content.text) == b'{"a":1}'
    assert content[1:] == ({"a": 1}, b' {"a":1}\n')
    assert read_content(b"15", _head(), None, key=b"data").value == 15


@pytest.mark.parametrize("data", [b"", b"hello", b"{", b"\xff", b"[" * 9_999])
def test_any_other_body_says_nothing(data: bytes) -> None:
    content = read_content(data, _head(), None, key=b"data")
    assert (content.text, content.shown) == (UNDEFINED, data)
    hidden = read_content(data, _head(), _HIDING, key=b"data")
    assert hidden.shown == b"x" * len(data)


def test_secrets_of_a_body_are_hidden_in_as_many_bytes() -> None:
    data = b'{"password":"S3cret","n":1}'
    content = read_content(data, _head(), _HIDING, key=b"data")
    assert content.value == {"password": "xxxxxx", "n": 1}
    assert len(content.shown) == len(data)


def test_a_compressed_body_is_read_unless_secrets_are_hidden() -> None:
    data, head = gzip.compress(b'{"a":1}'), _head("200 OK", "Content-Encoding: gzip")
    assert read_content(data, head, None, key=b"data").value == {"a": 1}
    hidden = read_content(data, head, _HIDING, key=b"data")
    assert (hidden.value, set(hidden.shown)) == (UNDEFINED, {ord("x")})
    strange = _head("200 OK", "Content-Encoding: br")
    assert read_content(data, strange, None, key=b"data").value is UNDEFINED
    assert read_text(data, None, None, key=b"data").value is UNDEFINED


@pytest.mark.parametrize(
    ("status", "body", "err"),
    [
        ("200 OK", b"", None),
        ("404 Not Found", b'{"message":"x"}', {"message": "x"}),
        ("502 Bad Gateway", b"", {"statusCode": 502, "message": "Bad Gateway"}),
        ("500", b"null", {"statusCode": 500, "message": "no reason"}),
        ("200 OK", b'{"errors":[{"message":"a"}]}', {"message": "a"}),
        ("200 OK", b'{"errors":[null]}', None),
    ],
)
def test_a_status_or_graphql_says_what_failed(
    status: str, body: bytes, err: object
) -> None:
    head = _head(status)
    found = error_of(head, read_content(body, head, None, key=b"response"))
    assert (None if found is UNDEFINED else loads(found)) == err


def test_json_is_read_as_javascript_reads_it() -> None:
    assert read_json(b"\t[1]") == [1]
    assert read_json(b"undefined") is UNDEFINED
