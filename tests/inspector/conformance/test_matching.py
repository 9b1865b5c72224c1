"""When values are one, and calls over, to JavaScript."""

from __future__ import annotations

from inspector.conformance.matching import ends_call, same


def test_numbers_are_one_and_booleans_are_no_numbers() -> None:
    assert same(1, 1.0)
    assert not same(1, True)  # noqa: FBT003
    assert not same([0], [False])
    assert same({"a": [1, None]}, {"a": [1.0, None]})
    assert not same({"a": 1}, {"b": 1})
    assert not same([1], [1, 2])
    assert not same("5", 5)


def test_a_call_ends_with_what_is_truthy() -> None:
    assert ends_call({"isDisposed": 1})
    assert ends_call({"err": {}})
    assert not ends_call({"isDisposed": False, "err": "", "response": 1})
