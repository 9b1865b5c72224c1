"""Numbers with units, and strings."""

from __future__ import annotations

import math

import pytest
from lark import Token

from inspector.errors import ExpressionError
from inspector.filters.literals import did_you_mean, number, string


def token(text: str) -> Token:
    return Token("NUMBER", text, start_pos=10)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("1.5", 1.5),
        ("1e3", 1000),
        ("100ms", 100_000_000),
        ("100 ms", 100_000_000),
        ("1.5us", 1_500),
        ("2µs", 2_000),
        ("7ns", 7),
        ("1.5s", 1_500_000_000),
        ("2min", 120_000_000_000),
        ("1h", 3_600_000_000_000),
        ("3B", 3),
        ("1.45kB", 1_450),
        ("2MB", 2_000_000),
        ("1GB", 1_000_000_000),
        ("5%", 0.05),
        ("1e999", math.inf),
        ("1e999ms", math.inf),
        ("9" * 5_000, math.inf),
        ("1e300ms", 1e306),
        ("9" * 400, 10**400 - 1),
        ("9" * 400 + "ms", (10**400 - 1) * 1_000_000),
        ("9" * 400 + "%", math.inf),
    ],
)
def test_a_number_is_in_nanoseconds_bytes_or_ones(text: str, value: float) -> None:
    assert number(token(text), "--where") == value


def test_what_is_whole_is_exact() -> None:
    assert isinstance(number(token("0.5s"), "--where"), int)
    assert number(token("9007199254740993"), "--where") == 9007199254740993


def test_an_unknown_unit_is_pointed_at() -> None:
    with pytest.raises(
        ExpressionError, match="no unit 'mss', did you mean ms"
    ) as caught:
        number(token("100mss"), "--where")

    assert caught.value.place == 14


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"plain"', "plain"),
        ("'it\\'s'", "it's"),
        (r'"a\"b\\c\n\t"', 'a"b\\c\n\t'),
        (r'"\u6c42"', "求"),
        (r'"\d+\."', r"\d+\."),
        ('""', ""),
    ],
)
def test_a_string_keeps_backslashes_that_escape_nothing(text: str, value: str) -> None:
    assert string(Token("STRING", text)) == value


def test_a_suggestion_is_made_where_a_word_is_close() -> None:
    assert did_you_mean("rout", ["route", "data"]) == ", did you mean route?"
    assert did_you_mean("xyz", ["route", "data"]) == ""
