from __future__ import annotations

from typing import Any

import pytest

from inspector.comparing.shape_changes import Grade, ShapeChange, shape_changes
from inspector.contracts.gathering import Key
from protocol import UNDEFINED
from tests.inspector.comparing.compared import Call, side_of

_GET = Key("get", "message")
_B, _C, _U = Grade.BREAKING, Grade.COMPATIBLE, Grade.UNSURE
_UUID = "3fa85f64-5717-4562-b3fc-2c963f66afa6"


def _changes(before: list[Any], after: list[Any]) -> list[ShapeChange]:
    sides = [side_of(Call(reply=each) for each in side) for side in (before, after)]
    return shape_changes(*(side.shapes(_GET) for side in sides))


@pytest.mark.parametrize(
    ("before", "after", "path", "change", "grade"),
    [
        ([{"a": 1}] * 3, [{}] * 3, "reply.a", "is gone", _B),
        (
            [{"a": 1}] * 99,
            [{"a": 1}, {}] * 30,
            "reply.a",
            "is not always there any more",
            _B,
        ),
        ([{"a": 1}] * 3, [{"a": 1}, {}], "reply.a", "is not always there any more", _U),
        ([{"a": 1}, {}], [{}], "reply.a", "was optional, and is gone", _C),
        ([{}], [{"a": 1}], "reply.a", "is new", _C),
        ([{"a": 1}, {}], [{"a": 1}], "reply.a", "is always there now", _C),
        ([{"a": "x"}], [{"a": 1}], "reply.a", "string → integer", _B),
        ([1] * 5, [0.5] * 5, "reply", "integer → number", _B),
        ([1] * 5, [0.5, 1, 1], "reply", "integer → number", _U),
        (["x"] * 99, ["x", None] * 30, "reply", "may be null now", _B),
        (["x"] * 99, ["x"] * 99 + [None], "reply", "may be null now", _U),
        (["x", None], ["x"], "reply", "is never null any more", _C),
        (["x"] * 99, ["x", 1] * 30, "reply", "may be an integer now", _B),
        ([[{"a": 1}]], [[{"a": "x"}]], "reply[].a", "integer → string", _B),
        (
            [{"7": 1, "8": 1}],
            [{"9": "x", "6": "y"}],
            "reply[*]",
            "integer → string",
            _B,
        ),
        (["2026-11-30"] * 9, [_UUID] * 9, "reply", "format date → uuid", _B),
        ([_UUID] * 30, ["x", "y"], "reply", "format uuid → none", _B),
        ([_UUID] * 3, ["x", "y"], "reply", "format uuid → none", _U),
        (["a", "b"] * 30, ["a", "c"] * 30, "reply", 'has new values: "c"', _B),
        (["is made"] * 2, ["made"] * 2, "reply", '"is made" → "made"', _C),
    ],
)
def test_a_change_has_its_place_and_its_grade(
    before: list[Any], after: list[Any], path: str, change: str, grade: Grade
) -> None:
    found = _changes(before, after)

    assert [(each.path, each.change, each.grade) for each in found] == [
        (path, change, grade)
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([1, 0.5], [1, 1]),
        (["any text", "another"], ["a third", "a fourth"]),
        ([{"a": 1, "b": [1]}] * 3, [{"b": [], "a": 2}] * 300),
        ([UNDEFINED], [UNDEFINED]),
        (["a", "b"] * 30, ["a"]),
    ],
)
def test_what_is_alike_is_no_change(before: list[Any], after: list[Any]) -> None:
    assert _changes(before, after) == []


def test_the_samples_that_show_it_are_counted() -> None:
    (found,) = _changes([{"a": 1}] * 3, [{}] * 2)

    assert (found.before, found.of_before, found.after, found.of_after) == (3, 3, 0, 2)


def test_what_breaks_comes_first_and_what_is_compatible_last() -> None:
    before, after = [{"a": 1, "n": 1}] * 3, [{"b": 1, "n": 1}, {"b": 1, "n": None}]

    assert [each.grade for each in _changes(before, after)] == [_B, _U, _C]


def test_a_stream_where_one_value_was_breaks() -> None:
    first, second = side_of([Call()]), side_of([Call()])
    shapes = second.shapes(_GET)
    shapes.most_values = 2

    (found,) = shape_changes(first.shapes(_GET), shapes)
    assert (found.change, found.grade) == ("one value → a stream", _B)


def test_data_and_errors_are_compared_too() -> None:
    first = side_of([Call(data={"a": 1}, reply=ValueError({"message": "x"}))] * 3)
    second = side_of([Call(data={"a": "1"}, reply=ValueError({"text": "x"}))] * 3)

    found = shape_changes(first.shapes(_GET), second.shapes(_GET))
    assert [each.path for each in found] == ["data.a", "error.message", "error.text"]
