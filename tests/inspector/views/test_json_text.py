"""JSON is laid out as it travelled; what a terminal would hide is visible."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from inspector.views.json_text import json_lines, raw_text

_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(_json)
def test_what_is_laid_out_is_the_same_json(value: object) -> None:
    body = json.dumps(value).encode()
    lines = list(json_lines(body, 10**6, full=True))

    assert len(lines) == 1
    assert json.loads(lines[0].plain) == value


@pytest.mark.parametrize("width", [20, 40, 80])
def test_lines_fit_and_long_texts_take_several(width: int) -> None:
    body = (
        b'{"pattern":"get_user","data":{"email":"a@x.io"},"id":"d9da20fd58acc247b2fc6"}'
    )
    lines = [line.plain for line in json_lines(body, width)]

    assert max(map(cell_len, lines)) <= width
    assert lines[0] == "{"
    assert lines[1].startswith('  "pattern": "get_u')


def test_numbers_and_order_stay_as_they_were_sent() -> None:
    (line,) = json_lines(b'{"b":1.50e+03,"a":9007199254740993,"b":-0}', 80)

    assert line.plain == '{"b": 1.50e+03, "a": 9007199254740993, "b": -0}'


def test_keys_are_dim_and_values_are_not() -> None:
    (line,) = json_lines(b'{"key":"value: x"}', 80)
    dim = {
        line.plain[span.start : span.end]
        for span in line.spans
        if span.style == "muted"
    }

    assert dim == {'"key":'}


def test_long_strings_are_cut_unless_they_are_asked_for() -> None:
    body = b'{"a":"' + b"x" * 300 + b'"}'

    assert next(json_lines(body, 80)).plain == '{"a": "xxxx…" (300)}'
    assert "x" * 300 in next(json_lines(body, 400, full=True)).plain


def test_invalid_bytes_and_control_characters_are_reversed_escapes() -> None:
    (line,) = json_lines(b'{"a":"\xff\xe6\xb1\x82\x7f"}', 80)
    reversed_parts = [
        line.plain[span.start : span.end]
        for span in line.spans
        if span.style == "reverse"
    ]

    assert line.plain == '{"a": "\\xff求\\u007f"}'
    assert reversed_parts == ["\\xff", "\\u007f"]


def test_what_is_no_json_is_shown_as_it_is() -> None:
    assert next(json_lines(b"{broken", 80)).plain == "{broken"
    assert raw_text(b"GET /\r\n\xfe").plain == "GET /\\u000d\\u000a\\xfe"


@pytest.mark.parametrize("body", [rb'{"a": "b\"c, "d": 1', rb'{"a":"', rb'"\"\\\"b\\"'])
def test_a_string_without_an_end_is_shown_to_the_end(body: bytes) -> None:
    (line,) = json_lines(body, 80)

    assert line.plain == body.decode()
