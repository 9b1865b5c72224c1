from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.leaves import leaves

if TYPE_CHECKING:
    from protocol import Json


def test_each_value_has_its_key_and_items_that_of_their_array() -> None:
    value: Json = {"a": 1, "b": [True, {"c": None}, ["x"]], "d": {}}

    assert sorted(leaves(value), key=repr) == [
        ("a", 1), ("b", "x"), ("b", True), ("c", None),
    ]  # fmt: skip
    assert list(leaves(5, "k")) == [("k", 5)]


def test_no_depth_is_too_deep() -> None:
    value: Json = 1
    for _ in range(100_000):
        value = [value]

    assert list(leaves(value, "deep")) == [("deep", 1)]
    while isinstance(value, list):  # which Python would free by recursion
        value = value.pop()
