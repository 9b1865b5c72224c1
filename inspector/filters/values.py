"""What operators find in JSON values.

A value is what ``loads`` gives, or UNDEFINED if it is absent. Nothing that is
compared raises: what cannot be compared is not less, not greater and not equal.

=========  =====================================================================
``==``     the same value of the same type: ``true`` is not 1, ``"5"`` is not 5
``<``      two numbers, or two strings by code point; otherwise false
``~``      a regular expression somewhere in a string, or in the JSON of another
``in``     a member of an array, a key of an object, a piece of a string
alone      neither UNDEFINED, null, false, 0, nor empty
=========  =====================================================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from protocol import UNDEFINED, Json, UndefinedType, dumps

if TYPE_CHECKING:
    import re


def is_number(value: Json) -> bool:
    """Whether a value is a number: to Python a boolean is one, to JSON it is not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


# decision 40: `undefined` is a word of the language
def equal(left: Json, right: Json) -> bool:
    """Whether two values are the same in JSON."""
    if left is UNDEFINED or right is UNDEFINED:
        return left is right
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, list) and isinstance(right, list):
        pairs = zip(left, right, strict=False)
        return len(left) == len(right) and all(equal(*pair) for pair in pairs)
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(
            equal(left[key], right[key]) for key in left
        )
    return bool(left == right)


def less(left: Json, right: Json) -> bool:
    """Whether two values have an order and the left one comes first."""
    return _ordered(left, right) and bool(left < right)


def at_most(left: Json, right: Json) -> bool:
    """Whether two values have an order and the left one does not come last."""
    return _ordered(left, right) and bool(left <= right)


def found(pattern: re.Pattern[str], value: Json) -> bool:
    """Whether a regular expression is found in a value."""
    if value is UNDEFINED:
        return False
    text = value if isinstance(value, str) else dumps(value).decode()
    return pattern.search(text) is not None


def contains(whole: Json, part: Json) -> bool:
    """Whether a value is in an array, a key in an object, a text in a string."""
    if isinstance(whole, list):
        return any(equal(each, part) for each in whole)
    if isinstance(whole, dict | str):
        return isinstance(part, str) and part in whole
    return False


def truth(value: Json) -> bool:
    """Whether a value alone counts as true."""
    return value is not UNDEFINED and bool(value)


def step(value: Json, key: Json) -> Json:
    """Return the value of a key of an object or at an index of an array."""
    if isinstance(value, dict):
        return value.get(key, UNDEFINED) if isinstance(key, str) else UNDEFINED
    if isinstance(value, list) and isinstance(key, int) and not isinstance(key, bool):
        return value[key] if -len(value) <= key < len(value) else UNDEFINED
    return UNDEFINED


def calculate(operator: str, left: Json, right: Json) -> Any:  # noqa: ANN401 — a number
    """Return a sum, difference, product or quotient of numbers, else UNDEFINED.

    An integer that no float can hold has none with a float.
    """
    if not (is_number(left) and is_number(right)):
        return UNDEFINED
    try:
        return _calculated(operator, left, right)
    except OverflowError:
        return UNDEFINED


def _calculated(operator: str, left: float, right: float) -> float | UndefinedType:
    if operator == "+":
        return left + right
    if operator == "-":
        return left - right
    if operator == "*":
        return left * right
    return left / right if right else UNDEFINED


def _ordered(left: Json, right: Json) -> bool:
    if isinstance(left, str):
        return isinstance(right, str)
    return is_number(left) and is_number(right)
