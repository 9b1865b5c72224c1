from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from protocol import UNDEFINED, loads
from servers.recorded.differences import differences, shown
from servers.recorded.json_paths import JsonPaths

if TYPE_CHECKING:
    from protocol import Json
    from servers.recorded.json_paths import Place


def _words(recorded: Json, now: Json, *ignored: str) -> list[str]:
    return list(map(str, differences(recorded, now, JsonPaths(ignored))))


@pytest.mark.parametrize(
    ("recorded", "now", "words"),
    [
        (1, 1.0, []),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, []),
        (1, True, ["$: 1 → true"]),
        ([1], [True], ["$[0]: 1 → true"]),
        ({"a": None}, {}, ["$.a: null is gone"]),
        ({}, {"a b": []}, ["$['a b']: [] is new"]),
        ([1, 2, 3], [1, 3], ["$[1]: 2 → 3", "$[2]: 3 is gone"]),
        ({"a": [1]}, {"a": {"0": 1}}, ['$.a: [1] → {"0":1}']),
        (UNDEFINED, UNDEFINED, []),
        (UNDEFINED, None, ["$: null is new"]),
    ],
)
def test_each_place_that_differs_is_named(
    recorded: Json, now: Json, words: list[str]
) -> None:
    assert _words(recorded, now) == words


def test_what_is_ignored_is_not_compared_nor_is_what_was_hidden() -> None:
    hidden: list[Place] = []
    recorded = {"ts": 1, "user": {"token": "xxxxxx", "id": 7}}
    now = {"ts": 2, "user": {"token": "eyJ", "id": 8}, "at": 1}
    found = differences(recorded, now, JsonPaths(["$..ts", "$.at"]), hidden)

    assert [each.path for each in found] == ["$.user.id"]
    assert hidden == [("user", "token")]


def test_values_may_nest_deep_and_long_ones_are_shortened() -> None:
    one, other = (loads("[" * 5_000 + text + "]" * 5_000) for text in "12")

    assert len(_words(one, other)) == 1
    assert _words(one, one) == []
    assert shown("x" * 100) == f'"{"x" * 58}…'
    assert shown(UNDEFINED) == "nothing"
