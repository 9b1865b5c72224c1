"""Values are compared as JSON has them."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest

from inspector.filters.values import (
    at_most,
    calculate,
    contains,
    equal,
    found,
    is_number,
    less,
    step,
    truth,
)
from protocol import UNDEFINED


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (1, 1.0, True),
        (1, True, False),
        (0, False, False),
        (True, True, True),
        ("5", 5, False),
        (None, None, True),
        (None, UNDEFINED, False),
        (UNDEFINED, UNDEFINED, True),
        ([1, [True]], [1.0, [True]], True),
        ([1], [True], False),
        ([1], [1, 2], False),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        ({"a": 1}, {"a": True}, False),
        ({"a": 1}, {"a": 1, "b": None}, False),
    ],
)
def test_equal_is_of_the_same_type_and_value(
    left: Any,  # noqa: ANN401
    right: Any,  # noqa: ANN401
    *,
    same: bool,
) -> None:
    assert equal(left, right) is same
    assert equal(right, left) is same


@pytest.mark.parametrize(
    ("left", "right", "first"),
    [
        (1, 2.5, True),
        (2, 2, False),
        ("a", "b", True),
        ("a", 1, False),
        (1, "a", False),
        (False, 1, False),
        (None, 1, False),
        (UNDEFINED, 1, False),
        ([1], [2], False),
    ],
)
def test_only_two_numbers_or_two_strings_have_an_order(
    left: Any,  # noqa: ANN401
    right: Any,  # noqa: ANN401
    *,
    first: bool,
) -> None:
    assert less(left, right) is first
    assert at_most(left, right) is (first or left == right == 2)


def test_a_boolean_is_no_number() -> None:
    assert [is_number(value) for value in (1, 0.5, True, "1", None)] == [
        True,
        True,
        False,
        False,
        False,
    ]


def test_a_regular_expression_is_looked_for_anywhere_in_a_string_or_its_json() -> None:
    pattern = re.compile("b.d")

    assert found(pattern, "abcde")
    assert found(pattern, {"a": ["bcd"]})
    assert not found(pattern, "b")
    assert not found(pattern, UNDEFINED)
    assert found(re.compile("^null$"), None)


@pytest.mark.parametrize(
    ("whole", "part", "inside"),
    [
        ([1, "a"], 1, True),
        ([1, "a"], True, False),
        ({"key": 1}, "key", True),
        ({"key": 1}, 1, False),
        ("text", "ex", True),
        ("5", 5, False),
        (None, None, False),
        (UNDEFINED, "a", False),
    ],
)
def test_in(whole: Any, part: Any, *, inside: bool) -> None:  # noqa: ANN401
    assert contains(whole, part) is inside


@pytest.mark.parametrize("value", [UNDEFINED, None, False, 0, "", [], {}])
def test_what_holds_nothing_does_not_hold(value: Any) -> None:  # noqa: ANN401
    assert not truth(value)


@pytest.mark.parametrize("value", [True, 1, -0.5, "0", [0], {"a": None}])
def test_anything_else_holds(value: Any) -> None:  # noqa: ANN401
    assert truth(value)


@pytest.mark.parametrize(
    ("value", "key", "under"),
    [
        ({"a": 1}, "a", 1),
        ({"a": 1}, "b", UNDEFINED),
        ({"1": 1}, 1, UNDEFINED),
        ([4, 5], 1, 5),
        ([4, 5], -1, 5),
        ([4, 5], 2, UNDEFINED),
        ([4, 5], -3, UNDEFINED),
        ([4, 5], True, UNDEFINED),
        ([4, 5], "0", UNDEFINED),
        ("text", 0, UNDEFINED),
        (UNDEFINED, "a", UNDEFINED),
    ],
)
def test_what_is_not_there_is_undefined(value: Any, key: Any, under: Any) -> None:  # noqa: ANN401
    assert step(value, key) == under


def test_numbers_are_calculated_and_nothing_else() -> None:
    assert [calculate(sign, 6, 4) for sign in "+-*/"] == [10, 2, 24, 1.5]
    assert calculate("/", 1, 0) is UNDEFINED
    assert calculate("+", "a", "b") is UNDEFINED
    assert calculate("+", [1], 1) is UNDEFINED
    assert calculate("-", UNDEFINED, 1) is UNDEFINED


def test_what_no_float_can_hold_is_not_calculated_with_one() -> None:
    assert calculate("*", 10**400, 2) == 2 * 10**400
    assert calculate("*", 10**400, 0.5) is UNDEFINED
    assert calculate("/", 10**400, 3) is UNDEFINED
    assert calculate("*", 1e308, 10) == math.inf
