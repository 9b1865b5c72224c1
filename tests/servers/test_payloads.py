from __future__ import annotations

import math
from dataclasses import dataclass

import msgspec
import pytest

from protocol import EncodeError, Json, loads
from servers.payloads import spelled, to_text


@dataclass
class _Point:
    x: float
    label: str | None = None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, b"null"),
        ([None, 1.5], b"[null,1.5]"),
        ({"a": {"b": [None]}}, b'{"a":{"b":[null]}}'),
        (_Point(1), b'{"x":1,"label":null}'),
        ("null", b'"null"'),
        ("\ud83d null", b'"\\ud83d null"'),
        (msgspec.Raw(b'{"a": 1}'), b'{"a": 1}'),
    ],
)
def test_a_value_is_written_as_json(value: Json, text: bytes) -> None:
    assert to_text(value) == text


@pytest.mark.parametrize(
    "value",
    [
        math.nan,
        math.inf,
        [1, [-math.inf]],
        {"a": {"b": math.nan}},
        (None, math.nan),
        _Point(math.nan),
        [None] * 3 + [math.inf],
    ],
)
def test_a_number_that_would_become_null_is_refused(value: Json) -> None:
    with pytest.raises(EncodeError, match="NaN and Infinity"):
        to_text(value)


@pytest.mark.parametrize("value", [object(), print, {object(): 1}])
def test_what_json_cannot_hold_is_refused(value: Json) -> None:
    with pytest.raises(EncodeError):
        to_text(value)


def test_deep_nesting_is_no_danger() -> None:
    deep: Json = [None]
    for _ in range(100_000):
        deep = [deep]

    assert to_text(deep) == b"[" * 100_001 + b"null" + b"]" * 100_001


def test_what_holds_itself_is_refused() -> None:
    circle: Json = [None]
    circle.append(circle)

    with pytest.raises(EncodeError):
        to_text(circle)


def test_numbers_are_found_in_structs_too() -> None:
    class Point(msgspec.Struct):
        x: float
        label: str | None = None

    with pytest.raises(EncodeError):
        to_text([Point(math.nan)])
    assert to_text(Point(2.5)) == b'{"x":2.5,"label":null}'


class _Mute:
    def __repr__(self) -> str:
        raise ValueError("no words")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("sum", "'sum'"),
        (ValueError("x"), "ValueError('x')"),
        (loads(b"[" * 5_000 + b"]" * 5_000), "<list>"),
        (ValueError(loads(b"[" * 5_000 + b"]" * 5_000)), "<ValueError>"),
        (_Mute(), "<_Mute>"),
    ],
)
def test_a_value_is_spelled_as_far_as_it_can_be(value: object, text: str) -> None:
    assert spelled(value) == text
