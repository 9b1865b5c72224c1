from __future__ import annotations

import pytest

from protocol import UNDEFINED, loads
from servers.recorded.json_paths import JsonPaths
from servers.recorded.normalizing import normalized


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('{"a":1,"b":2}', '{"b":2,"a":1}'),
        ("1", "1.0"),
        ("1e2", "100"),
        ('{"a":[{"c":1.0,"b":0}]}', '{"a":[{"b":0,"c":1}]}'),
        ('"\\ud800"', '"\\uD800"'),
    ],
)
def test_equal_values_have_equal_texts(one: str, other: str) -> None:
    assert normalized(loads(one)) == normalized(loads(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(("1", "true"), ("0", "false"), ("1", '"1"'), ("null", "0")),
        *(("{}", '{"a":null}'), ("[]", "{}"), ("[1,2]", "[2,1]")),
        ("9007199254740993", "9007199254740992"),
    ],
)
def test_other_values_have_others(one: str, other: str) -> None:
    assert normalized(loads(one)) != normalized(loads(other))


def test_what_is_ignored_is_left_out_and_items_keep_their_places() -> None:
    paths = JsonPaths(["$..ts", "$.list[0]"])

    one = normalized({"a": {"ts": 1, "b": 2}, "list": [1, 2]}, paths)
    assert one == normalized({"a": {"b": 2, "ts": 9}, "list": ["x", 2]}, paths)
    assert one != normalized({"a": {"b": 2}, "list": [2]}, paths)
    assert normalized(5, JsonPaths(["$"])) == normalized(UNDEFINED)


def test_values_may_nest_deep() -> None:
    deep = loads("[" * 5_000 + "]" * 5_000)

    assert normalized(deep) == normalized(loads("[" * 5_000 + "]" * 5_000))
