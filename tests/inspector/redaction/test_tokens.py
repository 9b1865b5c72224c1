from __future__ import annotations

import pytest

from inspector.redaction.tokens import string_of, tokens_of


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        (
            '{"a b": [1.5, true]}',
            ["{", '"a b"', ":", "[", "1.5", ",", "true", "]", "}"],
        ),
        (r'"a\"b"c', [r'"a\"b"', "c"]),
        ('"cut off', ['"cut off']),
        ('"cut off\\', ['"cut off\\']),
        (" \n", []),
    ],
)
def test_tokens_are_strings_marks_and_what_is_between(
    text: str, tokens: list[str]
) -> None:
    assert [token[0] for token in tokens_of(text)] == tokens


@pytest.mark.parametrize(
    ("token", "value"),
    [('"a\\u0062"', "ab"), ("12", "12"), ('"cut', '"cut'), ("[]", "[]")],
)
def test_a_string_has_its_value_and_all_else_is_as_it_stands(
    token: str, value: str
) -> None:
    assert string_of(token) == value
