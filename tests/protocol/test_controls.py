"""What a terminal would obey is written as escapes, and JSON keeps its value."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import (
    dumps,
    escape_controls,
    escape_controls_in_json,
    escape_controls_in_lines,
    loads,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31mb", "a\\u001b[31mb"),
        ("line\nline\r\x00", "line\\u000aline\\u000d\\u0000"),
        ("\u202etxt.exe", "\\u202etxt.exe"),
        ("\x9b31m", "\\u009b31m"),
        ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
        ("\ud83d", "\\ud83d"),
        ("é😀 求和", "é😀 求和"),
    ],
)
def test_what_a_terminal_would_obey_stands_as_an_escape(text: str, shown: str) -> None:
    assert escape_controls(text) == shown


@given(st.text())
def test_no_text_can_move_the_cursor(text: str) -> None:
    shown = escape_controls(text)

    assert not any(ord(each) < 32 or 127 <= ord(each) < 160 for each in shown)
    shown.encode()


@given(st.text())
def test_json_on_a_terminal_keeps_its_value(text: str) -> None:
    line = dumps({"a": text}) + b"\n"
    shown = escape_controls_in_lines(line)

    assert loads(shown) == loads(line)
    assert shown.endswith(b"\n")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u2066]", shown.decode())


def test_the_ends_of_lines_stay() -> None:
    assert escape_controls_in_lines(b"a\x7f\r\nb\rc\n") == b"a\\u007f\r\nb\\u000dc\n"


@given(
    st.text(
        st.characters(exclude_categories=["Cs"])
        | st.sampled_from("\x7f\x80\x9b\x9f\xa0")
    )
)
def test_json_in_a_pipe_keeps_its_value(text: str) -> None:
    line = dumps({text: [text]})
    shown = escape_controls_in_json(line)

    assert loads(shown) == loads(line)
    assert not re.search("[\x00-\x1f\x7f-\x9f]", shown.decode())
    assert shown.decode() == re.sub("[\x7f-\x9f]", _escaped, line.decode())


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
