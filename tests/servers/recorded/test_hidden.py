from __future__ import annotations

from functools import partial

import pytest

import servers
from inspector.redaction.texts import Redaction
from protocol import dumps, loads
from servers.recorded.hidden import hidden_places, is_hidden, may_hide
from tests.steps import steps_in


@pytest.mark.parametrize("secret", ["p1", "correct horse", "é求😀!", "作者"])
def test_what_the_inspector_hides_is_recognised(secret: str) -> None:
    text = dumps({"user": "x", "deep": [{"password": secret}]})
    hidden = loads(Redaction(["auto"]).body(text))

    assert list(hidden_places(hidden)) == [("deep", 0, "password")]
    assert list(hidden_places(loads(text))) == []


def test_places_are_those_of_all_that_is_hidden() -> None:
    value = {"a": ["xx", {"b": "××", "c": "x"}, []], "d": {}, "e": "xxx"}
    places = [("a", 0), ("a", 1, "b"), ("e",)]

    assert list(hidden_places(value)) == places
    assert list(hidden_places(value, 2)) == [("a", 0), ("e",)]
    assert list(hidden_places("xx")) == [()]
    assert list(hidden_places(7)) == []


def test_a_deep_value_costs_what_its_size_costs() -> None:
    def places(depth: int) -> None:
        deep = loads(b"[" * depth + b'"xx"' + b"]" * depth)
        assert [len(each) for each in hidden_places(deep)] == [depth]

    few, many = (steps_in(servers, partial(places, depth)) for depth in (1_000, 4_000))
    assert 0 < many <= 4 * few
    places(50_000)


@pytest.mark.parametrize("value", ["x", "", "xy", "xxl", 11, None, ["xx"]])
def test_what_is_not_hidden(value: object) -> None:
    assert not is_hidden(value)


def test_a_text_without_such_letters_hides_nothing() -> None:
    assert may_hide(b'{"a":"xxx"}')
    assert may_hide('"×"'.encode())
    assert not may_hide(b'{"ax":"bx"}')


def test_an_object_with_a_hidden_key_is_hidden() -> None:
    text = b'{"deep":[{"sk_live_51H8abcdefSECRETabcd1234":1,"a":"b"}],"xx":1}'
    hidden = loads(Redaction(["auto"]).body(text))

    assert list(hidden_places(hidden)) == [("deep", 0)]
    assert list(hidden_places(loads(text))) == []
