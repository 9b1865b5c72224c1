"""Data as values, and values as data, by the rules of Nest's parser."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import UNDEFINED, Json, loads
from servers.kafka import Options
from servers.kafka.values import read, utf8, value_of, written

_NEST = Options()
_JSON = Options(values="json")
_BINARY = Options(keep_binary=True)


@pytest.mark.parametrize(
    ("data", "value", "arrives"),
    [
        ({"a": [1]}, b'{"a":[1]}', {"a": [1]}),
        ([1, "é"], '[1,"é"]'.encode(), [1, "é"]),
        ("text", b"text", "text"),
        ("[1]", b"[1]", [1]),
        ("[1", b"[1", "[1"),
        ("", b"", ""),
        ("\ud83d", b"\xef\xbf\xbd", "\ufffd"),
        (6, b"6", "6"),
        (1.0, b"1", "1"),
        (-0.5, b"-0.5", "-0.5"),
        (1e21, b"1e+21", "1e+21"),
        (True, b"true", "true"),
        (None, None, None),
        (UNDEFINED, None, None),
        (b"raw", b"raw", "raw"),
        (b"\xff", b"\xff", "\ufffd"),
        (b'["\xff"]', b'["\xff"]', ["\ufffd"]),
        (b"\0ab", b"\0ab", {"type": "Buffer", "data": [0, 97, 98]}),
    ],
)
def test_data_travels_as_from_nest(
    data: Json, value: bytes | None, arrives: Json
) -> None:
    assert value_of(data) == value
    assert loads(read(value, _NEST)) == arrives


@pytest.mark.parametrize(
    ("value", "arrives"),
    [(b"6", 6), (b"true", True), (b"null", None), (b'"a"', "a"), (b"a", "a")],
)
def test_values_may_all_be_json(value: bytes, arrives: Json) -> None:
    assert loads(read(value, _JSON)) == arrives


def test_values_may_stay_bytes() -> None:
    assert loads(read(b"[1]", _BINARY)) == {"type": "Buffer", "data": [91, 49, 93]}


@pytest.mark.parametrize(
    ("text", "value"),
    [(b"null", None), (b'"\\ud83d"', b"\xef\xbf\xbd"), (b"1.0", b"1"), (b"[]", b"[]")],
)
def test_json_text_is_written_as_its_value(text: bytes, value: bytes | None) -> None:
    assert written(text) == value


@given(st.text())
def test_every_text_arrives_but_what_looks_like_json(text: str) -> None:
    if not text.startswith(("{", "[", "\0")):
        assert loads(read(value_of(text), _NEST)) == text


@given(st.binary())
def test_every_value_is_read(value: bytes) -> None:
    loads(read(value, _NEST))
    loads(read(value, _JSON))
    assert loads(read(value, _BINARY)) == {"type": "Buffer", "data": [*value]}


def test_halves_of_characters_are_replaced() -> None:
    assert utf8("a\udc00b😀") == "a\ufffdb😀".encode()
