from __future__ import annotations

import pytest

from inspector.calls.chains import tokens
from inspector.calls.chains.tokens import (
    are_alike,
    both,
    is_long,
    is_strong,
    part_of,
    values_of,
    values_of_route,
)
from protocol import UNDEFINED, Json, JsonText, dumps


def _values(value: Json) -> tokens.Values:
    return values_of([JsonText(dumps(value))])


def test_texts_numbers_and_small_numbers_with_their_keys_are_tokens() -> None:
    found = _values({"id": 7, "name": "Ada", "no": "ab", "n": 1234, "ok": True})

    assert found.tokens == {"id=7", "Ada", "1234"}
    assert found.texts == {"7", "Ada", "ab", "1234"}
    assert all(map(is_strong, found.tokens))
    assert [each for each in sorted(found.tokens) if is_long(each)] == ["1234", "Ada"]


@pytest.mark.parametrize(
    ("inner", "outer", "alike"),
    [
        ({"id": 7}, {"id": 7, "name": "Ada"}, True),
        ({"id": 7}, {"user": 7}, False),
        ("Ada", {"name": "Ada"}, True),
        ("7000", 7000, True),  # as a query says it
        ([1, 2], [2, 1], True),
        (1, [1, 2, 3], False),  # a small number without a key
        ({}, {}, True),
        ({}, {"id": 7}, False),
        (True, True, True),
        ({"name": "Ada", "age": 36}, {"name": "Ada", "year": 1815}, False),
    ],
)
def test_data_that_is_in_other_data_by_no_chance(
    inner: Json, outer: Json, *, alike: bool
) -> None:
    assert are_alike(_values(inner), _values(outer)) is alike
    assert are_alike(_values(outer), _values(inner)) is alike


def test_what_is_too_large_is_in_nothing() -> None:
    many = _values(list(range(1000, 1000 + tokens.MOST + 1)))
    long = _values("x" * tokens.LARGEST)

    assert not many.whole
    assert not long.whole
    assert not part_of(many, many)


def test_a_payload_that_is_absent_has_no_values() -> None:
    assert values_of([UNDEFINED]) == tokens.NOTHING


def test_a_path_has_values_and_a_route_has_none() -> None:
    assert values_of_route("GET /users/4711?page=22").tokens == {
        "users", "4711", "page", "=22",
    }  # fmt: skip
    assert values_of_route("users.find") is tokens.NOTHING
    assert both(_values(1), tokens.NOTHING) == _values(1)


def test_sockets_are_named_by_their_keys() -> None:
    data = {"text": "hello", "metadata": {"socket_id": "kTzX"}}

    assert _values(data).sockets == {"kTzX"}
