"""Words and expressions, told apart, with mistakes at their character."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from inspector.browser.asking import asked_by
from inspector.errors import ExpressionError
from protocol import JsonText
from tests.inspector.browser.piloted import SLOW, exchanges_of


@pytest.mark.parametrize(
    ("text", "words", "expression"),
    [
        ("", [], None),
        ("orders", ["orders"], None),
        ("orders users", ["orders", "users"], None),
        ("latency", ["latency"], None),
        ("#422", ["#422"], None),
        ('"two words"', ["two words"], None),
        ("orders latency>5ms", ["orders"], "latency>5ms"),
        ("latency > 5ms orders", ["orders"], "latency > 5ms"),
        ("a latency > 5 ms and not in_flight b", ["a", "b"], None),
        (
            'route == "sum" or number in [1, 2]',
            [],
            'route == "sum" or number in [1, 2]',
        ),
        ("userId:421", ["userId:421"], None),
        ("not in_flight", [], "not in_flight"),
        ('"sum" in route', [], '"sum" in route'),
    ],
)
def test_what_is_typed(text: str, words: list[str], expression: str | None) -> None:
    asked = asked_by(text)

    assert [word.text for word in asked.words] == words
    if expression is not None:
        assert asked.selection is not None
        assert asked.selection.words == [f"filter {_quoted(expression)}"]
    assert asked.everything == (not text)


def _quoted(text: str) -> str:
    return f"'{text}'"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("orders latency >", 17),
        ("latncy > 5ms", 1),
        ("orders latncy > 5ms", 8),
        ("latency > 5parsecs", 12),
        ("'no end", 1),
    ],
)
def test_a_mistake_is_at_its_character(text: str, place: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        asked_by(text)

    assert caught.value.place == place
    said = re.search(r"character (\d+)", str(caught.value))
    assert said is None or place - 1 <= int(said[1]) <= place


def test_words_are_found_in_patterns_payloads_addresses_and_numbers() -> None:
    exchanges = exchanges_of(SLOW)

    def found(text: str) -> list[int]:
        asked = asked_by(text)
        return sorted(each.number for each in exchanges if asked(each))

    assert found("#422") == [422]
    assert found('"#422"') == []
    assert found("tr-00421") == [422]
    assert found("userId:421") == [422]
    assert len(found("10.1.0.11:41001")) == 50
    assert len(found("orders latency > 5ms")) == 18


def test_a_number_is_that_exchange_alone_and_in_quotation_marks_a_text() -> None:
    first, second = exchanges_of(SLOW)[:2]
    told = replace(second, data=JsonText(b'"see #1"'))

    assert (first.number, second.number) == (1, 2)
    assert [asked_by("#1")(each) for each in (first, told)] == [True, False]
    assert [asked_by('"#1"')(each) for each in (first, told)] == [False, True]
